# What the services and people need of it.
output "issuer" {
  description = "The issuer, as it stands in each token"
  value       = "https://${aws_cognito_user_pool.main.endpoint}"
}

output "user_pool_id" {
  description = "The pool, for aws cognito-idp"
  value       = aws_cognito_user_pool.main.id
}

output "people" {
  description = "Id of the client of people's programs"
  value       = aws_cognito_user_pool_client.people.id
}

output "prefixes" {
  description = "What stands before each service's scopes"
  value       = { for service, server in aws_cognito_resource_server.service : service => "${server.identifier}/" }
}

output "pages" {
  description = "Where people sign in"
  value       = "https://${aws_cognito_user_pool_domain.main.domain}.auth.${var.region}.amazoncognito.com"
}

output "groups" {
  description = "The groups there are"
  value       = sort(keys(aws_cognito_user_group.staff))
}

output "callbacks" {
  description = "Where it leads people back to"
  value       = aws_cognito_user_pool_client.people.callback_urls
}
