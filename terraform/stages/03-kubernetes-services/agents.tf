# One Helm release an agent; its values are in values/<agent>.yaml.

locals {
  # How often a release was made again over what Terraform does not see: changes by hand, upgrades that failed or were not noted.
  release_revisions = { for name in keys(var.agents) : name => lookup(var.release_revisions, name, 1) }

  # The helm provider compares a local chart by its version alone; through the description every change of it counts.
  chart        = "${path.module}/charts/prefect-agent"
  chart_digest = sha256(join("\n", [for file in sort(fileset(local.chart, "**")) : "${file} ${filesha256("${local.chart}/${file}")}"]))
}

resource "helm_release" "agent" {
  for_each = var.agents

  name      = "qhub-${each.key}"
  namespace = local.namespace
  chart     = local.chart
  version   = yamldecode(file("${local.chart}/Chart.yaml")).version # upgrade_install would make it known after planning
  description = join(", ", concat(
    ["chart ${substr(local.chart_digest, 0, 16)}"],
    local.release_revisions[each.key] > 1 ? ["made again, ${local.release_revisions[each.key]}"] : [],
  ))

  # A new revision rolls the agent that reads the Secret, and no other; so does a new version of a Secret of the user's own.
  values = [
    file("${path.module}/values/${each.key}.yaml"),
    yamlencode(merge({
      token   = { revision = each.value.token_secret == null ? 1 : local.secret_revisions[each.value.token_secret] }
      secrets = { revision = each.value.flow_secret == null ? 1 : local.secret_revisions[each.value.flow_secret] }
      }, {
      for versions in compact([lookup(var.existing_secret_versions, each.key, "")]) :
      "podAnnotations" => { "qhub.dev/existing-secrets" = versions }
    })),
  ]

  # A first start pulls the image. A release that failed is left for a look at its pods; the next apply upgrades it.
  wait            = true
  timeout         = 600
  upgrade_install = true
  force_update    = local.release_revisions[each.key] > 1 # a merge leaves what was added by hand
  cleanup_on_fail = true
  max_history     = 5

  depends_on = [kubernetes_secret_v1.flow, kubernetes_secret_v1.token]
}
