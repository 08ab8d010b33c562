output "namespace" {
  description = "Namespace that everything runs in; read by `qhub status`."
  value       = local.namespace
}

output "agents" {
  description = "Agents by name: release, generation, queues or labels; read by `qhub status`."
  value = {
    for name, agent in var.agents : name => {
      release    = helm_release.agent[name].name
      generation = agent.generation
      queues     = agent.queues
      labels     = agent.labels
    }
  }
}

output "release_revisions" {
  description = "Revision of each agent's release; the next deploy counts on from it."
  value       = local.release_revisions
}

output "secret_revisions" {
  description = "Revision of each Secret that this stage makes; the next deploy counts on from it."
  value       = local.secret_revisions
}
