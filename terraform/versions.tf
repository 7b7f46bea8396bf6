# The root: one environment whole. State in the bucket that the bootstrap made; what differs comes from environments/*.tfvars.
terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }

  # terraform init -backend-config=bucket=… -backend-config=region=… -backend-config=key=ENVIRONMENT/terraform.tfstate
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

# The tag `environment` is what keeps one environment's pipeline from another's things.
provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project     = var.project
      environment = var.environment
      managed-by  = "terraform"
    }
  }
}
