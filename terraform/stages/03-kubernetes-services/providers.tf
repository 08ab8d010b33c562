# Where the kubeconfig lies is said by KUBE_CONFIG_PATH (or KUBE_CONFIG_PATHS) in the environment alone.

provider "kubernetes" {
  config_context = var.kube_context
}

provider "helm" {
  kubernetes = {
    config_context = var.kube_context
  }
}
