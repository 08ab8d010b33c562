terraform {
  required_version = ">= 1.11"

  required_providers {
    # 3.2.1 is the first in which data_wo of a Secret works.
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 3.2.1, < 4"
    }
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.1, < 4"
    }
  }
}
