{{/* Base job template of the work pool: files/base-job-template.json with this agent's defaults as defaults of its
variables, and with what no deployment may replace put into the Job itself. Takes the root context. */}}
{{- define "prefect-agent.workerJobTemplate" -}}
{{- $template := .Files.Get "files/base-job-template.json" | fromJson }}
{{- range $name, $value := include "prefect-agent.workerDefaults" . | fromYaml }}
{{- $_ := set (index $template.variables.properties $name) "default" $value }}
{{- end }}
{{- $fixed := include "prefect-agent.workerFixed" . }}
{{- $placeholder := regexFind "{{\\s*[\\w.\\-\\[\\]$]+\\s*}}" $fixed }}
{{- if $placeholder }}
{{- fail (printf "job: %s would be replaced by Prefect's own templating; write it without the double braces" $placeholder) }}
{{- end }}
{{- $manifest := $template.job_configuration.job_manifest }}
{{- $fixed = fromYaml $fixed }}
{{- $_ := set $manifest.metadata "labels" $fixed.labels }}
{{- $_ := set $manifest.metadata "annotations" $fixed.annotations }}
{{- $_ := set $manifest.spec.template "metadata" (pick $fixed "labels" "annotations") }}
{{- $pod := $manifest.spec.template.spec }}
{{- $container := mergeOverwrite (first $pod.containers) $fixed.container }}
{{- $_ := mergeOverwrite $pod $fixed.pod (dict "containers" (list $container)) }}
{{- toYaml $template }}
{{- end }}

{{/* What goes into the Job itself. Takes the root context. */}}
{{- define "prefect-agent.workerFixed" -}}
labels:
  {{- include "prefect-agent.jobLabels" . | nindent 2 }}
annotations:
  {{- toYaml .Values.job.annotations | nindent 2 }}
pod:
  {{- include "prefect-agent.jobPod" . | nindent 2 }}
container:
  {{- include "prefect-agent.jobContainer" . | nindent 2 }}
{{- end }}

{{/* Defaults of the template's variables; a deployment's job variables replace them. Takes the root context. */}}
{{- define "prefect-agent.workerDefaults" -}}
{{- $amounts := include "prefect-agent.jobAmounts" . | fromYaml }}
image: {{ .Values.jobImage | default .Values.image | quote }}
image_pull_policy: {{ .Values.job.imagePullPolicy }}
image_pull_secrets: {{ include "prefect-agent.pullSecrets" .Values.job.imagePullSecrets | fromYamlArray | toJson }}
namespace: {{ .Release.Namespace | quote }}
service_account_name: {{ include "prefect-agent.jobServiceAccountName" . | quote }}
backoff_limit: {{ .Values.job.backoffLimit | int }}
finished_job_ttl: {{ .Values.job.ttlSecondsAfterFinished | int }}
cpu_request: {{ $amounts.cpuRequest | quote }}
memory_request: {{ $amounts.memoryRequest | quote }}
memory_limit: {{ $amounts.memoryLimit | quote }}
{{- with $amounts.cpuLimit }}
cpu_limit: {{ . | quote }}
{{- end }}
{{- with .Values.job.gpus }}
gpu_limit: {{ . | int }}
{{- end }}
{{- with .Values.job.priorityClassName }}
priority_class_name: {{ . | quote }}
{{- end }}
node_selector: {{ .Values.job.nodeSelector | toJson }}
tolerations: {{ .Values.job.tolerations | toJson }}
affinity: {{ .Values.job.affinity | toJson }}
{{- end }}
