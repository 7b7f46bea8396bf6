# What the security groups are made of.
variable "name" {
  description = "Name of everything in it"
  type        = string
}

variable "region" {
  description = "AWS region"
  type        = string
}

variable "vpc_id" {
  description = "The network"
  type        = string
}

variable "ports" {
  description = "Port of each service"
  type        = map(number)
}

variable "databases" {
  description = "The services that have a database"
  type        = list(string)
}

variable "tables" {
  description = "The services that keep something in a table of DynamoDB"
  type        = list(string)
  default     = []
}

variable "calls" {
  description = "Which other services each service calls"
  type        = map(list(string))
}

variable "private_access" {
  description = "How the private subnets reach AWS: nat or endpoints"
  type        = string
}

output "groups" {
  description = "Security group of each part: balancer, database, endpoints, and every service"
  value       = { for part, group in aws_security_group.part : part => group.id }
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
