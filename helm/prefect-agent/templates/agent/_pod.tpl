{{/* Data of the setup ConfigMap: what the agent's containers run and read. Takes the root context. */}}
{{- define "prefect-agent.setupData" -}}
{{- include (ternary "prefect-agent.workerFiles" "prefect-agent.legacyFiles" (eq .Values.generation "worker")) . }}
{{- end }}

{{/* Annotations that change with what the pods read, so that they are replaced then. Helm does not see Secrets: their
revisions stand for them. Takes the root context. */}}
{{- define "prefect-agent.podAnnotations" -}}
checksum/env: {{ include "prefect-agent.envData" . | sha256sum }}
checksum/job-template: {{ include "prefect-agent.jobTemplate" . | sha256sum }}
checksum/setup: {{ include "prefect-agent.setupData" . | sha256sum }}
{{- if .Values.token.secretName }}
qhub.dev/token-revision: {{ .Values.token.revision | int | toString | quote }}
{{- end }}
{{- if .Values.secrets.items }}
qhub.dev/secrets-revision: {{ .Values.secrets.revision | int | toString | quote }}
{{- end }}
{{- with .Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Checks of checkov that do not hold for an agent, each with its reason. Takes nothing. */}}
{{- define "prefect-agent.checkovSkips" -}}
checkov.io/skip1: CKV_K8S_11=A CPU limit slows an agent down and protects nobody; resources.limits.cpu sets one.
checkov.io/skip2: CKV_K8S_15=Versioned images do not change; imagePullPolicy can be set.
checkov.io/skip3: CKV_K8S_35=Prefect reads its credential from the environment; it comes there by reference.
checkov.io/skip4: CKV_K8S_38=The agent creates Jobs through the Kubernetes API.
checkov.io/skip5: CKV_K8S_43=The image is the value of the user, who may give a digest.
{{- end }}

{{/* What the agent's container and its set-up share. Takes the root context. */}}
{{- define "prefect-agent.containerBase" -}}
image: {{ .Values.image | quote }}
imagePullPolicy: {{ .Values.imagePullPolicy }}
env:
  {{- include (ternary "prefect-agent.workerEnv" "prefect-agent.legacyEnv" (eq .Values.generation "worker")) . | trim | nindent 2 }}
  {{- with include "prefect-agent.secretEnv" (dict "root" . "pod" "agent") | trim }}
  {{- . | nindent 2 }}
  {{- end }}
envFrom:
  - configMapRef:
      name: {{ include "prefect-agent.name" . }}-env
resources:
  {{- include "prefect-agent.resources" .Values.resources | nindent 2 }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
volumeMounts:
  - name: setup
    mountPath: /etc/qhub/setup
    readOnly: true
  {{- include "prefect-agent.volumeMounts" . | nindent 2 }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* The agent's container. Takes the root context. */}}
{{- define "prefect-agent.container" -}}
{{- $worker := eq .Values.generation "worker" }}
{{- $health := dict "httpGet" (dict "path" (ternary "/health" "/api/health" $worker) "port" "health") -}}
name: agent
command:
  {{- include (ternary "prefect-agent.workerCommand" "prefect-agent.legacyCommand" $worker) . | nindent 2 }}
{{ include "prefect-agent.containerBase" . }}
ports:
  - name: health
    containerPort: 8080
    protocol: TCP
livenessProbe:
  {{- merge (dict) .Values.livenessProbe $health | toYaml | nindent 2 }}
readinessProbe:
  {{- merge (dict) .Values.readinessProbe $health | toYaml | nindent 2 }}
{{- end }}

{{/* Container that brings a worker's work pool and queues up to date before the worker starts. Takes the root
context. */}}
{{- define "prefect-agent.workPool" -}}
name: work-pool
command:
  - python
  - /etc/qhub/setup/work_pool.py
  - --pool=/etc/qhub/setup/pool.json
  - --template=/etc/qhub/setup/job-template.yaml
  {{- if .Values.published }}
  - --published=/etc/qhub/setup/published.json
  {{- end }}
  - --timeout-seconds={{ .Values.worker.setupTimeoutSeconds | int }}
{{ include "prefect-agent.containerBase" . }}
{{- end }}

{{/* Where the agent's pods go: the scheduling values that are set. Takes the root context. */}}
{{- define "prefect-agent.placement" -}}
{{- $keys := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" }}
{{- range $key := $keys }}
{{- with index $.Values $key }}
{{ dict $key . | toYaml }}
{{- end }}
{{- end }}
{{- with .Values.imagePullSecrets | default .Values.job.imagePullSecrets }}
imagePullSecrets:
  {{- include "prefect-agent.pullSecrets" . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Volumes of the agent's pods. Takes the root context. */}}
{{- define "prefect-agent.podVolumes" -}}
- name: setup
  projected:
    sources:
      - configMap:
          name: {{ include "prefect-agent.name" . }}-setup
      - configMap:
          name: {{ include "prefect-agent.name" . }}-job-template
{{ include "prefect-agent.volumes" . }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
