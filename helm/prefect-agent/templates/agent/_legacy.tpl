{{/* Environment of an agent of Prefect 0.14 to 1.4. Both token variables serve all versions: 0.14 reads the first one
alone, 1.x the second one alone. Takes the root context. */}}
{{- define "prefect-agent.legacyEnv" -}}
{{- with .Values.api.url }}
- name: PREFECT__CLOUD__API
  value: {{ . | quote }}
{{- end }}
- name: PREFECT__BACKEND
  value: {{ ternary "cloud" "server" (ne .Values.token.secretName "") }}
{{- if .Values.token.secretName }}
{{- range list "PREFECT__CLOUD__AGENT__AUTH_TOKEN" "PREFECT__CLOUD__API_KEY" }}
- name: {{ . }}
  valueFrom:
    secretKeyRef:
      name: {{ $.Values.token.secretName | quote }}
      key: {{ $.Values.token.key | quote }}
{{- end }}
- name: QHUB_TOKEN_SECRET_NAME
  value: {{ .Values.token.secretName | quote }}
- name: QHUB_TOKEN_SECRET_KEY
  value: {{ .Values.token.key | quote }}
{{- end }}
- name: PREFECT__CLOUD__AGENT__NAME
  value: {{ .Values.agentName | quote }}
- name: PREFECT__CLOUD__AGENT__LABELS # a list literal; plain text would be split into characters
  value: {{ .Values.labels | toJson | include "prefect-agent.literal" }}
- name: PREFECT__CLOUD__AGENT__AGENT_ADDRESS
  value: http://:8080
- name: PREFECT__CLOUD__AGENT__LEVEL
  value: {{ .Values.agent.logLevel }}
- name: DELETE_FINISHED_JOBS
  value: {{ .Values.agent.deleteFinishedJobs | toString | title | quote }}
- name: NAMESPACE
  value: {{ .Release.Namespace | quote }}
{{- end }}

{{/* Command of such an agent. Takes the root context. */}}
{{- define "prefect-agent.legacyCommand" -}}
- python
- /etc/qhub/setup/legacy_agent.py
- --job-template=/etc/qhub/setup/job-template.yaml
{{- end }}

{{/* Files of such an agent, by name. Takes the root context. */}}
{{- define "prefect-agent.legacyFiles" -}}
legacy_agent.py: |
  {{- .Files.Get "files/legacy_agent.py" | nindent 2 }}
{{- end }}
