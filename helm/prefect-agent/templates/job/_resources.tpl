{{/* Requests and limits of a flow run, flat: cpuRequest, memoryRequest, cpuLimit, memoryLimit. What is empty is
chosen so that a request never exceeds its limit. Takes the root context. */}}
{{- define "prefect-agent.jobAmounts" -}}
{{- $requests := .Values.job.resources.requests }}
{{- $limits := .Values.job.resources.limits }}
cpuLimit: {{ $limits.cpu | default "" | toString | quote }}
memoryLimit: {{ $limits.memory | default $requests.memory | default "1Gi" | toString | quote }}
cpuRequest: {{ $requests.cpu | default $limits.cpu | default "100m" | toString | quote }}
memoryRequest: {{ $requests.memory | default $limits.memory | default "256Mi" | toString | quote }}
{{- end }}

{{/* Labels that every job of this agent has. Takes the root context. */}}
{{- define "prefect-agent.jobLabels" -}}
{{ include "prefect-agent.jobSelector" . }}
{{- with .Values.job.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What a job's pod has in both generations and no flow can replace. Takes the root context. */}}
{{- define "prefect-agent.jobPod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
restartPolicy: Never
securityContext:
  {{- toYaml .Values.job.podSecurityContext | nindent 2 }}
volumes:
  {{- include "prefect-agent.volumes" . | nindent 2 }}
  {{- with .Values.job.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* What a job's container has in both generations and no flow can replace. Takes the root context. */}}
{{- define "prefect-agent.jobContainer" -}}
env:
  {{- include "prefect-agent.secretEnv" (dict "root" . "pod" "job") | trim | default "[]" | nindent 2 }}
envFrom:
  - configMapRef:
      name: {{ include "prefect-agent.name" . }}-env
securityContext:
  {{- toYaml .Values.job.securityContext | nindent 2 }}
volumeMounts:
  {{- include "prefect-agent.volumeMounts" . | nindent 2 }}
  {{- with .Values.job.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* The job template, as the mapping that its generation reads. Takes the root context. */}}
{{- define "prefect-agent.jobTemplate" -}}
{{- if eq .Values.generation "worker" }}
{{- include "prefect-agent.workerJobTemplate" . }}
{{- else }}
{{- include "prefect-agent.legacyJobTemplate" . }}
{{- end }}
{{- end }}
