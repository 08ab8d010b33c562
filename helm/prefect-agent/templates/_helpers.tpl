{{/* Name of the objects that belong to the agent itself. Takes the root context. */}}
{{- define "prefect-agent.name" -}}
{{ .Release.Name | trunc 53 | trimSuffix "-" }}
{{- end }}

{{/* Labels that select one component's pods; they never change. Takes (dict "root" . "component" "agent"). */}}
{{- define "prefect-agent.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of an object. Takes (dict "root" . "component" "agent"). */}}
{{- define "prefect-agent.labels" -}}
{{ include "prefect-agent.selector" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.project }}
app.kubernetes.io/part-of: {{ . | quote }}
{{- end }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
{{- end }}

{{/* Labels that select the pods of this agent's jobs. Prefect sets app.kubernetes.io/* of its own on them, hence
these. Takes the root context. */}}
{{- define "prefect-agent.jobSelector" -}}
qhub.dev/agent: {{ .Release.Name | quote }}
qhub.dev/component: flow-run
{{- end }}

{{/* Name of the agent's service account. Takes the root context. */}}
{{- define "prefect-agent.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (include "prefect-agent.name" .) }}
{{- end }}

{{/* Name of the jobs' service account. Takes the root context. */}}
{{- define "prefect-agent.jobServiceAccountName" -}}
{{- $made := ternary (printf "%s-job" (include "prefect-agent.name" .)) "default" .Values.job.serviceAccount.create -}}
{{ .Values.job.serviceAccount.name | default $made }}
{{- end }}

{{/* A text as Kubernetes must be given it in `value`, `command` and `args`, so that it arrives as it is: there `$(X)`
is expanded and `$$` stands for `$`. Takes the text. */}}
{{- define "prefect-agent.literal" -}}
{{ . | replace "$" "$$" | quote }}
{{- end }}

{{/* Secrets as references under `env`. Takes (dict "root" . "pod" "agent"|"job").
Prefect copies its own settings (PREFECT_…) from the agent into each Job in clear, so secrets of such names are
environment variables of the jobs only. */}}
{{- define "prefect-agent.secretEnv" -}}
{{- $prefix := "PREFECT__CONTEXT__SECRETS__" }}
{{- $legacy := and (eq .pod "job") (eq .root.Values.generation "agent") }}
{{- range .root.Values.secrets.items }}
{{- $source := dict "secretKeyRef" (dict "name" .secretName "key" .key) }}
{{- if not (regexMatch "^[A-Za-z_][A-Za-z0-9_]*$" .name) }}{{ continue }}{{ end }}
{{- if and (eq $.pod "agent") (hasPrefix "PREFECT_" (upper .name)) }}{{ continue }}{{ end }}
{{ list (dict "name" .name "valueFrom" $source) | toYaml }}
{{- if and $legacy (not (hasPrefix $prefix .name)) }}
{{ list (dict "name" (print $prefix .name) "valueFrom" $source) | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{/* Volumes that the pods of the agent and of its jobs both have: a writable /tmp and the secrets. Takes the root
context. */}}
{{- define "prefect-agent.volumes" -}}
- name: tmp
  emptyDir: {}
{{- if .Values.secrets.items }}
- name: secrets
  projected:
    defaultMode: 288 # 0440: the group is the pod's fsGroup
    sources:
      {{- range .Values.secrets.items }}
      - secret:
          name: {{ .secretName | quote }}
          items:
            - key: {{ .key | quote }}
              path: {{ .name | quote }}
      {{- end }}
{{- end }}
{{- end }}

{{/* Where they are mounted. Takes the root context. */}}
{{- define "prefect-agent.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .Values.secrets.items }}
- name: secrets
  mountPath: /etc/qhub/secrets
  readOnly: true
{{- end }}
{{- end }}

{{/* What the env ConfigMap holds: envVars, and a home that can be written to. Takes the root context. */}}
{{- define "prefect-agent.envData" -}}
{{- $home := dict "HOME" "/tmp" "USER" "qhub" }}
{{- if eq .Values.generation "worker" }}{{ $_ := set $home "PREFECT_HOME" "/tmp/.prefect" }}{{ end }}
{{- range $name, $text := merge (dict) .Values.envVars $home }}
{{ quote $name }}: {{ $text | quote }}
{{- end }}
{{- end }}

{{/* Requests and limits, without the empty ones. Takes a value such as .Values.resources. */}}
{{- define "prefect-agent.resources" -}}
{{- $result := dict }}
{{- range $kind, $amounts := pick . "requests" "limits" }}
{{- $given := dict }}
{{- range $name, $amount := $amounts }}
{{- if ne (toString $amount) "" }}{{ $_ := set $given $name (toString $amount) }}{{ end }}
{{- end }}
{{- if $given }}{{ $_ := set $result $kind $given }}{{ end }}
{{- end }}
{{- toYaml $result }}
{{- end }}

{{/* References to pull secrets. Takes a list of names. */}}
{{- define "prefect-agent.pullSecrets" -}}
{{- $result := list }}
{{- range . }}{{ $result = append $result (dict "name" .) }}{{ end }}
{{- toYaml $result }}
{{- end }}
