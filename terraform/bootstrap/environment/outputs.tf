# What the bootstrap hands on.
output "deploy_role_arn" {
  description = "Role of the environment's pipeline"
  value       = aws_iam_role.deploy.arn
}

output "drill_role_arn" {
  description = "Role of the environment's restore drill"
  value       = aws_iam_role.drill.arn
}

output "key_arn" {
  description = "The environment's key"
  value       = aws_kms_key.main.arn
}

output "secrets" {
  description = "Secrets to fill, with the JSON keys that each must have"
  value = merge(
    { for service, secret in aws_secretsmanager_secret.keys : secret.name => local.keys[service] },
    { for service, secret in aws_secretsmanager_secret.database : secret.name => ["username", "password"] },
  )
}
