{{/* Checks across values; what one value alone may be is in values.schema.json. Each message names the key and the
mend. Takes the root context; renders nothing. */}}
{{- define "prefect-agent.validate" -}}
{{- include "prefect-agent.validateNulls" . }}
{{- $_ := required "agentName is empty; name the agent, such as agentName: etl" .Values.agentName }}
{{- $_ := required "image is empty; give the agent's image, such as image: prefecthq/prefect:3.8.8-python3.12-kubernetes" .Values.image }}
{{- include "prefect-agent.validateApi" . }}
{{- include "prefect-agent.validateNames" . }}
{{- include "prefect-agent.validateAccounts" . }}
{{- include "prefect-agent.validatePods" . }}
{{- end }}

{{/* A null takes a default away, in Helm; these cannot do without. Takes the root context. */}}
{{- define "prefect-agent.validateNulls" -}}
{{- $needed := list "resources.requests" "resources.limits" "serviceAccount.create" }}
{{- $needed = concat $needed (list "podSecurityContext.runAsNonRoot" "podSecurityContext.runAsUser") }}
{{- $needed = concat $needed (list "podSecurityContext.seccompProfile") }}
{{- $needed = concat $needed (list "securityContext.allowPrivilegeEscalation" "securityContext.capabilities.drop") }}
{{- range $base := list "" "job." }}
{{- range $path := $needed }}
{{- $found := $.Values }}
{{- range splitList "." (print $base $path) }}
{{- $found = get ($found | default dict) . }}
{{- if eq (toString $found) "" }}
{{- fail (printf "%s%s is null; remove it, so that its default holds" $base $path) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The API, its token, and what only one of the generations has. Takes the root context. */}}
{{- define "prefect-agent.validateApi" -}}
{{- $worker := eq .Values.generation "worker" }}
{{- if and $worker (eq .Values.api.kind "hosted") }}
{{- fail "api.kind is hosted, which a worker cannot use; set cloud or server, or generation: agent" }}
{{- end }}
{{- if and (not $worker) (ne .Values.api.kind "hosted") }}
{{- fail (printf "api.kind is %s, which generation agent cannot use; set hosted" .Values.api.kind) }}
{{- end }}
{{- if and $worker (not .Values.api.url) }}
{{- fail "api.url is empty; give the address of the Prefect API, such as http://prefect-server:4200/api" }}
{{- end }}
{{- if and (eq .Values.api.kind "cloud") (not .Values.token.secretName) }}
{{- fail "token.secretName is empty, and Prefect Cloud needs a key; name the Secret that holds it" }}
{{- end }}
{{- if not (or $worker .Values.token.secretName .Values.api.url) }}
{{- fail "token.secretName and api.url are both empty; name the token's Secret, or the address of an own Prefect 1 server" }}
{{- end }}
{{- if and .Values.queues (not $worker) }}
{{- fail "queues are for generation worker; use labels, or set generation: worker" }}
{{- end }}
{{- if and .Values.labels $worker }}
{{- fail "labels are for generation agent; use queues, or set generation: agent" }}
{{- end }}
{{- end }}

{{/* Names that the chart or Prefect needs for itself: a map from name to the value to use instead. Takes the root
context. */}}
{{- define "prefect-agent.reservedNames" -}}
{{- if eq .Values.generation "worker" }}
PREFECT_API_URL: api.url
PREFECT_API_KEY: token.secretName
PREFECT_API_AUTH_STRING: token.secretName
PREFECT_WORKER_QUERY_SECONDS: worker.querySeconds
PREFECT_INTEGRATIONS_KUBERNETES_CLUSTER_UID: nothing
PREFECT_INTEGRATIONS_KUBERNETES_OBSERVER_NAMESPACES: nothing
PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_KEY_SECRET_NAME: token.secretName
PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_KEY_SECRET_KEY: token.key
PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_AUTH_STRING_SECRET_NAME: token.secretName
PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_AUTH_STRING_SECRET_KEY: token.key
POD_NAME: nothing
{{- else }}
PREFECT__BACKEND: api.kind
PREFECT__CLOUD__API: api.url
PREFECT__CLOUD__API_KEY: token.secretName
PREFECT__CLOUD__AUTH_TOKEN: token.secretName
PREFECT__CLOUD__AGENT__AUTH_TOKEN: token.secretName
PREFECT__CLOUD__AGENT__NAME: agentName
PREFECT__CLOUD__AGENT__LABELS: labels
PREFECT__CLOUD__AGENT__LEVEL: agent.logLevel
PREFECT__CLOUD__AGENT__AGENT_ADDRESS: nothing
PREFECT__CLOUD__AGENT__ENV_VARS: envVars
NAMESPACE: nothing
SERVICE_ACCOUNT_NAME: job.serviceAccount.name
IMAGE_PULL_SECRETS: job.imagePullSecrets
DELETE_FINISHED_JOBS: agent.deleteFinishedJobs
YAML_TEMPLATE: job
{{- end }}
{{- end }}

{{/* Names of environment variables and of secrets against each other. Takes the root context. */}}
{{- define "prefect-agent.validateNames" -}}
{{- $reserved := include "prefect-agent.reservedNames" . | fromYaml }}
{{- $worker := eq .Values.generation "worker" }}
{{- range $name, $text := .Values.envVars }}
{{- if hasKey $reserved (upper $name) }}
{{- fail (printf "envVars.%s is set by the chart; remove it and use %s" $name (get $reserved (upper $name))) }}
{{- end }}
{{- if and $worker (hasPrefix "PREFECT_" (upper $name)) (contains "$(" $text) }}
{{- fail (printf "envVars.%s contains '$(', which Kubernetes would expand in the jobs; the worker copies its own settings there. Write the value without '$('" $name) }}
{{- end }}
{{- end }}
{{- $seen := dict }}
{{- range $index, $item := .Values.secrets.items }}
{{- $name := $item.name }}
{{- if hasKey $reserved (upper $name) }}
{{- fail (printf "secrets.items[%d].name: %s is set by the chart; rename the secret, or use %s" $index $name (get $reserved (upper $name))) }}
{{- end }}
{{- if hasKey $.Values.envVars $name }}
{{- fail (printf "secrets.items[%d].name: %s is in envVars, too; keep it in one of them" $index $name) }}
{{- end }}
{{- $effective := ternary $name (trimPrefix "PREFECT__CONTEXT__SECRETS__" $name) $worker }}
{{- if hasKey $seen $effective }}
{{- fail (printf "secrets.items[%d].name: %s stands for the same secret as secrets.items[%d].name; remove one of them" $index $name (get $seen $effective)) }}
{{- end }}
{{- $_ := set $seen $effective $index }}
{{- end }}
{{- end }}

{{/* The two service accounts. Takes the root context. */}}
{{- define "prefect-agent.validateAccounts" -}}
{{- if not (or .Values.serviceAccount.create .Values.serviceAccount.name) }}
{{- fail "serviceAccount.name is empty and serviceAccount.create is false; name the account that the agent uses" }}
{{- end }}
{{- if eq (include "prefect-agent.serviceAccountName" .) (include "prefect-agent.jobServiceAccountName" .) }}
{{- fail (printf "job.serviceAccount.name is %s, the agent's own account, so flows would have its rights; name another" (include "prefect-agent.serviceAccountName" .)) }}
{{- end }}
{{- end }}

{{/* What is added to the pods must not hide what the chart puts there. Takes the root context. */}}
{{- define "prefect-agent.validatePods" -}}
{{- range $where, $part := dict "" .Values "job." .Values.job }}
{{- range $index, $volume := $part.extraVolumes }}
{{- if has $volume.name (list "tmp" "secrets" "setup") }}
{{- fail (printf "%sextraVolumes[%d].name: %s is a volume of the chart; choose another name" $where $index $volume.name) }}
{{- end }}
{{- end }}
{{- range $index, $mount := $part.extraVolumeMounts }}
{{- if or (eq (clean $mount.mountPath) "/tmp") (hasPrefix "/etc/qhub" (clean $mount.mountPath)) }}
{{- fail (printf "%sextraVolumeMounts[%d].mountPath: %s belongs to the chart; choose another folder" $where $index $mount.mountPath) }}
{{- end }}
{{- end }}
{{- end }}
{{- $ours := merge (include "prefect-agent.selector" (dict "root" . "component" "agent") | fromYaml) (include "prefect-agent.jobSelector" . | fromYaml) }}
{{- range $where, $labels := dict "podLabels" .Values.podLabels "job.labels" .Values.job.labels }}
{{- range $key, $value := $labels }}
{{- if hasKey $ours $key }}
{{- fail (printf "%s: %s is set by the chart; remove it" $where $key) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
