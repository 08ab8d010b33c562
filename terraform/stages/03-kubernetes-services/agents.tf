# One Helm release an agent; its values are in values/<agent>.yaml.

locals {
  # The helm provider compares a local chart by its version alone; through the description every change of it counts.
  chart        = "${path.module}/charts/prefect-agent"
  chart_digest = sha256(join("\n", [for file in sort(fileset(local.chart, "**")) : "${file} ${filesha256("${local.chart}/${file}")}"]))
}

resource "helm_release" "agent" {
  for_each = var.agents

  name        = "qhub-${each.key}"
  namespace   = local.namespace
  chart       = local.chart
  description = "chart ${substr(local.chart_digest, 0, 16)}"

  # A new revision rolls the agent that reads the Secret, and no other.
  values = [
    file("${path.module}/values/${each.key}.yaml"),
    yamlencode({
      token   = { revision = each.value.token_secret == null ? 1 : local.secret_revisions[each.value.token_secret] }
      secrets = { revision = each.value.flow_secret == null ? 1 : local.secret_revisions[each.value.flow_secret] }
    }),
  ]

  # A first start pulls the image. A release that failed is left for a look at its pods; the next apply upgrades it.
  wait            = true
  timeout         = 600
  upgrade_install = true
  cleanup_on_fail = true
  max_history     = 5

  depends_on = [kubernetes_secret_v1.flow, kubernetes_secret_v1.token]
}
