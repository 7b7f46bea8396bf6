# What the services need of the database.
output "address" {
  description = "Its name in the network"
  value       = aws_db_instance.main.address
}

output "identifier" {
  description = "How metrics name it"
  value       = aws_db_instance.main.identifier
}

output "master_secret_arn" {
  description = "Secret with the master's username and password, which RDS keeps and rotates"
  value       = aws_db_instance.main.master_user_secret[0].secret_arn
}

output "final_snapshot" {
  description = "What its last snapshot will be called"
  value       = aws_db_instance.main.final_snapshot_identifier
}

output "max_connections" {
  description = "Connections it takes"
  value       = local.max_connections
}

output "subnet_ids" {
  description = "Where it stands"
  value       = aws_db_subnet_group.main.subnet_ids
}
