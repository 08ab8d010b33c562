# The namespace and the Secrets of the agents; agents.tf installs the agents themselves.

locals {
  labels = {
    "app.kubernetes.io/managed-by" = "qhub"
    "app.kubernetes.io/part-of"    = var.project_name
  }

  # Also what `depends_on` of everything else would say: the name is known when the namespace is there.
  namespace = var.create_namespace ? kubernetes_namespace_v1.this["this"].metadata[0].name : var.namespace

  secret_revisions = {
    for name in compact(flatten([for agent in values(var.agents) : [agent.flow_secret, agent.token_secret]])) :
    name => max(var.secret_revision, lookup(var.secret_revisions, name, 1))
  }
}

resource "kubernetes_namespace_v1" "this" {
  for_each = var.create_namespace ? toset(["this"]) : toset([])

  metadata {
    name = var.namespace
    labels = merge(local.labels, {
      "pod-security.kubernetes.io/enforce" = "restricted"
      "pod-security.kubernetes.io/audit"   = "restricted"
      "pod-security.kubernetes.io/warn"    = "restricted"
    })
  }
}

# What an agent's flows may read: keys are the secrets' names.
resource "kubernetes_secret_v1" "flow" {
  for_each = { for name, agent in var.agents : name => agent.flow_secret if agent.flow_secret != null }

  metadata {
    name      = each.value
    namespace = local.namespace
    labels    = local.labels
  }

  data_wo          = local.flow_secret_values[each.key]
  data_wo_revision = local.secret_revisions[each.value]
}

# An agent's credential for the Prefect API, under the key `token`.
resource "kubernetes_secret_v1" "token" {
  for_each = { for name, agent in var.agents : name => agent.token_secret if agent.token_secret != null }

  metadata {
    name      = each.value
    namespace = local.namespace
    labels    = local.labels
  }

  data_wo          = { token = local.token_values[each.key] }
  data_wo_revision = local.secret_revisions[each.value]
}
