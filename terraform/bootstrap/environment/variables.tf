# One environment's part of the bootstrap: its key, its secrets, and the role of its pipeline.
variable "project" {
  description = "Name that everything starts with"
  type        = string
}

variable "name" {
  description = "The environment's name, such as dev"
  type        = string
}

variable "region" {
  description = "AWS region"
  type        = string
}

variable "backup_region" {
  description = "Region that backups and secrets are copied to; null: none"
  type        = string
}

variable "account" {
  description = "Number of the account"
  type        = string
}

variable "services" {
  description = "The services, which others each calls, whether it has a database, what it may do in AWS, whether it asks models, whether it can keep something in a table, and whether it has a page for browsers"
  type        = map(object({ calls = list(string), database = optional(bool, true), aws = optional(string, "nothing"), models = optional(bool, false), table = optional(bool, false), web = optional(bool, false) }))
}

variable "zone_ids" {
  description = "Route 53 zones whose records the pipeline may change"
  type        = list(string)
}

variable "oidc_provider_arn" {
  description = "ARN of the account's provider for GitHub's tokens"
  type        = string
}

variable "subjects" {
  description = "How GitHub's tokens name the repository, in each of its ways"
  type        = list(string)
}

variable "state_bucket_arn" {
  description = "ARN of the bucket with the state"
  type        = string
}

variable "repository_arns" {
  description = "ARNs of the image repositories"
  type        = list(string)
}

variable "reading_policy_arn" {
  description = "ARN of the policy with what a plan reads"
  type        = string
}

locals {
  prefix = "${var.project}-${var.name}"

  databases = toset([for service, at in var.services : service if at.database])

  arn = { for service in ["ecs", "elasticloadbalancing", "logs", "rds", "cloudwatch", "sns", "wafv2", "acm", "kms", "secretsmanager", "ec2", "servicediscovery", "application-autoscaling", "bedrock", "cognito-identity", "cognito-idp", "dynamodb", "rum"] : service => "arn:aws:${service}:${var.region}:${var.account}" }
}

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }
}
