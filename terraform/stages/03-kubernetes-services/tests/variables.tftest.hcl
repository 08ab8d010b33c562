# What the variables refuse, and that what is right passes. Runs in a rendered stage: `terraform test`.

mock_provider "kubernetes" {}
mock_provider "helm" {}

variables {
  project_name     = "pipelines"
  namespace        = "dev"
  create_namespace = true
  kube_context     = null
  agents           = {}
}

run "right_values_pass" {
  command = plan

  assert {
    condition     = output.namespace == "dev"
    error_message = "The namespace is not the one that was asked for."
  }
}

run "revisions_are_the_higher_of_the_two" {
  command = plan

  variables {
    secret_revision  = 3
    secret_revisions = { qhub-gone-flow = 7 }
  }

  assert {
    condition     = output.secret_revisions == {}
    error_message = "A Secret that this stage does not make has a revision."
  }
}

run "a_project_name_is_a_dns_label" {
  command = plan

  variables {
    project_name = "Acme_Pipes"
  }

  expect_failures = [var.project_name]
}

run "a_namespace_is_a_dns_label" {
  command = plan

  variables {
    namespace = "-dev"
  }

  expect_failures = [var.namespace]
}

run "a_context_is_not_an_empty_text" {
  command = plan

  variables {
    kube_context = ""
  }

  expect_failures = [var.kube_context]
}

run "an_agents_name_fits_its_release" {
  command = plan

  variables {
    agents = { a23456789a123456789a123456789a123456789a123456789 = { generation = "worker" } }
  }

  expect_failures = [var.agents]
}

run "a_generation_is_known" {
  command = plan

  variables {
    agents = { gpu = { generation = "server" } }
  }

  expect_failures = [var.agents]
}

run "a_revision_is_a_whole_number" {
  command = plan

  variables {
    secret_revision = 1.5
  }

  expect_failures = [var.secret_revision]
}

run "a_revision_is_one_at_least" {
  command = plan

  variables {
    secret_revisions = { qhub-gpu-flow = 0 }
  }

  expect_failures = [var.secret_revisions]
}

run "a_releases_revision_is_one_at_least" {
  command = plan

  variables {
    release_revisions = { gpu = 0 }
  }

  expect_failures = [var.release_revisions]
}
