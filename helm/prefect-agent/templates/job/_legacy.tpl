{{/* Job template that the KubernetesAgent of Prefect 0.14 to 1.4 fills in: the image of the flow's storage, its
arguments and its environment. The first container is the flow's. Takes the root context. */}}
{{- define "prefect-agent.legacyJobTemplate" -}}
{{- $pod := dict }}
{{- with .Values.job.nodeSelector }}{{ $_ := set $pod "nodeSelector" . }}{{ end }}
{{- with .Values.job.tolerations }}{{ $_ := set $pod "tolerations" . }}{{ end }}
{{- with .Values.job.affinity }}{{ $_ := set $pod "affinity" . }}{{ end }}
{{- with .Values.job.priorityClassName }}{{ $_ := set $pod "priorityClassName" . }}{{ end }}
{{- with .Values.job.imagePullSecrets }}
{{- $_ := set $pod "imagePullSecrets" (include "prefect-agent.pullSecrets" . | fromYamlArray) }}
{{- end }}
apiVersion: batch/v1
kind: Job
metadata:
  labels:
    {{- include "prefect-agent.jobLabels" . | nindent 4 }}
  annotations:
    {{- toYaml .Values.job.annotations | nindent 4 }}
spec:
  backoffLimit: {{ .Values.job.backoffLimit | int }}
  ttlSecondsAfterFinished: {{ .Values.job.ttlSecondsAfterFinished | int }}
  template:
    metadata:
      labels:
        {{- include "prefect-agent.jobLabels" . | nindent 8 }}
      annotations:
        {{- toYaml .Values.job.annotations | nindent 8 }}
    spec:
      {{- include "prefect-agent.jobPod" . | nindent 6 }}
      serviceAccountName: {{ include "prefect-agent.jobServiceAccountName" . | quote }}
      {{- with $pod }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
      containers:
        - name: flow
          image: {{ .Values.jobImage | default .Values.image | quote }}
          imagePullPolicy: {{ .Values.job.imagePullPolicy }}
          {{- include "prefect-agent.jobContainer" . | nindent 10 }}
          resources:
            {{- include "prefect-agent.legacyResources" . | trim | nindent 12 }}
{{- end }}

{{/* Requests and limits of a flow run, GPUs included. Takes the root context. */}}
{{- define "prefect-agent.legacyResources" -}}
{{- $amounts := include "prefect-agent.jobAmounts" . | fromYaml }}
requests:
  cpu: {{ $amounts.cpuRequest | quote }}
  memory: {{ $amounts.memoryRequest | quote }}
limits:
  memory: {{ $amounts.memoryLimit | quote }}
  {{- with $amounts.cpuLimit }}
  cpu: {{ . | quote }}
  {{- end }}
  {{- with .Values.job.gpus }}
  nvidia.com/gpu: {{ . | int | toString | quote }}
  {{- end }}
{{- end }}
