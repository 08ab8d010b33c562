# Values come from terraform.tfvars.json; one more variable for each secret is declared in secrets.tf.json.

variable "project_name" {
  description = "Name of the project: the label app.kubernetes.io/part-of. Example: pipelines."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", var.project_name))
    error_message = "project_name must be a DNS label (a-z, 0-9, '-'; 63 at most), not '${var.project_name}'."
  }
}

variable "namespace" {
  description = "Kubernetes namespace that everything runs in. Example: dev."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace must be a DNS label (a-z, 0-9, '-'; 63 at most), not '${var.namespace}'."
  }
}

variable "create_namespace" {
  description = "Whether this stage makes the namespace, and deletes it on destroy; without it the namespace must be there."
  type        = bool
  nullable    = false
}

variable "kube_context" {
  description = "Context of the kubeconfig; null is its current one. Example: team-cluster."
  type        = string
  default     = null

  validation {
    condition     = var.kube_context != ""
    error_message = "kube_context must be null (the kubeconfig's current context) or a name, not an empty text."
  }
}

variable "agents" {
  description = <<-EOT
    Agents by name. Of each: its generation (`worker`: Prefect 3, `agent`: 0.14 to 1.4), the queues or labels that it
    takes flow runs from, and the Secrets that this stage makes for it (null: none).
    Example: {gpu = {generation = "worker", queues = ["gpu"], flow_secret = "qhub-gpu-flow", token_secret = null}}.
  EOT
  type = map(object({
    generation   = string
    queues       = optional(list(string), [])
    labels       = optional(list(string), [])
    flow_secret  = optional(string)
    token_secret = optional(string)
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.agents) : can(regex("^[a-z0-9]([-a-z0-9]{0,46}[a-z0-9])?$", name))])
    error_message = "agents: each name must be a DNS label of 48 characters at most, because the release is named qhub-<name>; here: ${join(", ", keys(var.agents))}."
  }

  validation {
    condition     = alltrue([for agent in values(var.agents) : contains(["worker", "agent"], agent.generation)])
    error_message = "agents: generation must be worker or agent, not ${join(", ", setsubtract([for agent in values(var.agents) : agent.generation], ["worker", "agent"]))}."
  }
}

variable "secret_revision" {
  description = "Whole number from 1, for all Secrets; a higher one makes Terraform write their values again. Example: 1767225600."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.secret_revision >= 1 && floor(var.secret_revision) == var.secret_revision
    error_message = "secret_revision must be a whole number from 1, not ${var.secret_revision}."
  }
}

variable "secret_revisions" {
  description = "Whole number from 1 by name of a Secret, for one alone; the higher of it and secret_revision counts. Example: {qhub-gpu-token = 2}."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for revision in values(var.secret_revisions) : revision >= 1 && floor(revision) == revision])
    error_message = "secret_revisions must be whole numbers from 1, not ${jsonencode(var.secret_revisions)}."
  }
}

variable "existing_secret_versions" {
  description = "By name of an agent, the Secrets that it reads and this stage does not make, with their versions; another text rolls the agent. Example: {gpu = \"database 4711\"}."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "release_revisions" {
  description = "Whole number from 1 by name of an agent; a higher one makes Helm make its objects again as the chart has them. Example: {gpu = 2}."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for revision in values(var.release_revisions) : revision >= 1 && floor(revision) == revision])
    error_message = "release_revisions must be whole numbers from 1, not ${jsonencode(var.release_revisions)}."
  }
}
