{{- define "worker.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "worker.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "worker.labels" -}}
{{ include "worker.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: connectors
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "worker.image" -}}
{{- $name := .Values.image.repository -}}
{{- with .Values.image.registry }}{{ $name = printf "%s/%s" . $name }}{{ end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "worker.serviceAccountName" -}}
{{- if .Values.serviceAccount.enabled -}}
{{- .Values.serviceAccount.name | default (include "worker.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* One variable from a secret: dict "root" . "name" VARIABLE "secret" {inlineSecret, existingSecret, existingSecretKey}. */}}
{{- define "worker.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret.existingSecret | default (include "worker.fullname" .root) }}
      key: {{ .secret.existingSecretKey }}
{{- end -}}

{{/* The credential that the release itself has to keep, where one was given inline. */}}
{{- define "worker.inlineSecret" -}}
{{- $authentication := .Values.cluster.authentication -}}
{{- if ne $authentication.method "none" -}}
{{- $secret := (index $authentication $authentication.method).secret -}}
{{- if not $secret.existingSecret -}}
{{ $secret.existingSecretKey }}: {{ required (printf "cluster.authentication.%s.secret needs existingSecret or inlineSecret" $authentication.method) $secret.inlineSecret | quote }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The operator's file, with the mounted secrets as its first sources. */}}
{{- define "worker.configuration" -}}
{{- range .Values.secrets.mounted }}
[[secrets.sources]]
type = "files"
folder = "/run/secrets/{{ . }}"
{{ end -}}
{{- with .Values.configuration }}
{{ . }}
{{- end -}}
{{- end -}}
