# What the others need of the network.
output "vpc_id" {
  description = "The network"
  value       = aws_vpc.main.id
}

output "public_subnet_ids" {
  description = "Subnets of the load balancer"
  value       = [for zone in var.zones : aws_subnet.public[zone].id]
}

output "public_cidrs" {
  description = "Where the load balancer's addresses are, the proxies that a server may believe"
  value       = [for zone in var.zones : aws_subnet.public[zone].cidr_block]
}

output "private_subnet_ids" {
  description = "Subnets of tasks and database"
  value       = [for zone in var.zones : aws_subnet.private[zone].id]
}

output "namespace" {
  description = "Where services find one another"
  value = {
    id   = aws_service_discovery_private_dns_namespace.main.id
    name = aws_service_discovery_private_dns_namespace.main.name
  }
}
