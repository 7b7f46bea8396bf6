# What the workflows and the root need to know.
output "backend_config" {
  description = "For `terraform init` of the root: -backend-config=\"KEY=VALUE\" for each, and key=ENVIRONMENT/terraform.tfstate"
  value = {
    bucket = aws_s3_bucket.state.id
    region = var.region
  }
}

output "own_backend" {
  description = "Keeps the bootstrap's own state in the bucket too: write this to bootstrap/backend.tf, then `terraform init -migrate-state`"
  value       = <<-END
    # The bootstrap's own state, in the bucket that it made.
    terraform {
      backend "s3" {
        bucket       = "${aws_s3_bucket.state.id}"
        key          = "bootstrap/terraform.tfstate"
        region       = "${var.region}"
        encrypt      = true
        use_lockfile = true
      }
    }
  END
}

output "project" {
  description = "Name that everything starts with, for the repository's variable PROJECT"
  value       = var.project
}

output "plan_role_arn" {
  description = "Role of pull requests, for the repository's variable AWS_PLAN_ROLE_ARN"
  value       = aws_iam_role.plan.arn
}

output "push_role_arn" {
  description = "Role of the jobs that build images, for the variable AWS_PUSH_ROLE_ARN of GitHub's environment images"
  value       = aws_iam_role.push.arn
}

output "deploy_role_arns" {
  description = "Role of each environment's pipeline, for that environment's variable AWS_ROLE_ARN on GitHub"
  value       = { for name, environment in module.environment : name => environment.deploy_role_arn }
}

output "drill_role_arns" {
  description = "Role of each environment's restore drill, for the variable AWS_DRILL_ROLE_ARN of GitHub's environment NAME-drill"
  value       = { for name, environment in module.environment : name => environment.drill_role_arn }
}

output "secrets" {
  description = "Secrets of each environment to fill before its first deployment, with the JSON keys that each must have; terraform/secrets ENVIRONMENT does it"
  value       = { for name, environment in module.environment : name => environment.secrets }
}
