# Where the endpoints stand.
output "subnet_ids" {
  description = "Subnets of the endpoints"
  value       = var.subnet_ids
}
