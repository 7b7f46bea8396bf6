# Who takes on a role that changes something: jobs of this repository, on main, that run in one of these environments of GitHub's.
#
# `ref`, which STS checks since January 2026, is asked for beside the environment: GitHub's environments take main only too, but one that
# nobody has set up yet is made, without any rule, by the first job on any branch that names it.
variable "oidc_provider_arn" {
  description = "ARN of the account's provider for GitHub's tokens"
  type        = string
}

variable "subjects" {
  description = "How GitHub's tokens name the repository, in each of its ways"
  type        = list(string)
}

variable "environments" {
  description = "GitHub's environments, of which a job has to be in one"
  type        = list(string)
}

output "policy" {
  description = "The role's assume_role_policy, JSON"
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = var.oidc_provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:ref" = "refs/heads/main"
          "token.actions.githubusercontent.com:sub" = flatten([for subject in var.subjects : [for name in var.environments : "${subject}:environment:${name}"]])
        }
      }
    }]
  })
}

terraform {
  required_version = ">= 1.11"
}
