{{/* Environment that a worker and its set-up share. Takes the root context. */}}
{{- define "prefect-agent.workerEnv" -}}
{{- $cloud := eq .Values.api.kind "cloud" }}
- name: PREFECT_API_URL
  value: {{ .Values.api.url | quote }}
{{- with .Values.token.secretName }}
{{- $reference := ternary "API_KEY" "API_AUTH_STRING" $cloud }}
- name: PREFECT_{{ $reference }}
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: {{ $.Values.token.key | quote }}
- name: PREFECT_INTEGRATIONS_KUBERNETES_WORKER_{{ $reference }}_SECRET_NAME
  value: {{ . | quote }}
- name: PREFECT_INTEGRATIONS_KUBERNETES_WORKER_{{ $reference }}_SECRET_KEY
  value: {{ $.Values.token.key | quote }}
{{- end }}
- name: PREFECT_INTEGRATIONS_KUBERNETES_OBSERVER_NAMESPACES
  value: {{ .Release.Namespace | quote }}
- name: PREFECT_INTEGRATIONS_KUBERNETES_CLUSTER_UID
  value: {{ printf "%s-%s" .Release.Namespace .Release.Name | quote }}
- name: PREFECT_WORKER_QUERY_SECONDS
  value: {{ .Values.worker.querySeconds | int | toString | quote }}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
{{- end }}

{{/* Command of a worker. Takes the root context. */}}
{{- define "prefect-agent.workerCommand" -}}
- prefect
- worker
- start
- --type=kubernetes
- --pool={{ .Values.agentName }}
- --name=$(POD_NAME)
- --with-healthcheck
- --install-policy=never
- --prefetch-seconds={{ .Values.worker.prefetchSeconds | int }}
{{- with .Values.worker.limit }}
- --limit={{ . | int }}
{{- end }}
{{- range concat (list "default") .Values.queues | uniq }}
- {{ include "prefect-agent.literal" (print "--work-queue=" .) }}
{{- end }}
{{- end }}

{{/* Files of a worker's set-up, by name. Takes the root context. */}}
{{- define "prefect-agent.workerFiles" -}}
work_pool.py: |
  {{- .Files.Get "files/work_pool.py" | nindent 2 }}
published.py: |
  {{- .Files.Get "files/published.py" | nindent 2 }}
pool.json: {{ dict "name" .Values.agentName "queues" (concat (list "default") .Values.queues | uniq) | toJson | quote }}
{{- with .Values.published }}
published.json: {{ toJson . | quote }}
{{- end }}
{{- end }}
