{{/* Policy types and egress rules that all policies of the chart share. Takes .Values.networkPolicy. */}}
{{- define "prefect-agent.egress" -}}
policyTypes:
  - Ingress
  {{- if .egress.enabled }}
  - Egress
egress:
  {{- toYaml .egress.rules | nindent 2 }}
  {{- end }}
{{- end }}
