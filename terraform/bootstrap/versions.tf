# Bootstrap: what has to be there before the first deployment, and what a pipeline must not touch. An administrator applies it by hand.
terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }
}

provider "aws" {
  region = var.region

  # No tag `environment` here: a deploy role is kept from whatever carries another environment's name.
  default_tags {
    tags = {
      project    = var.project
      managed-by = "terraform"
      root       = "bootstrap"
    }
  }
}

data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
}
