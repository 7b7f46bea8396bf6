# What the dashboard shows.
variable "name" {
  description = "Name of the dashboard"
  type        = string
}

variable "region" {
  description = "AWS region"
  type        = string
}

variable "cluster" {
  description = "Name of the cluster"
  type        = string
}

variable "namespace" {
  description = "Namespace of the programs' own metrics"
  type        = string
}

variable "services" {
  description = "Each service's target groups, as metrics name them, its log group, whether it asks language models, the table of DynamoDB that it has, and by statistic which of its own figures are shown, in which words"
  type        = map(object({ target_groups = list(string), log_group = string, asks = optional(bool, false), table = optional(string), figures = optional(map(map(string)), {}) }))
}

variable "sign_in" {
  description = "Whether people sign in"
  type        = bool
}

variable "traces" {
  description = "Whether there are traces"
  type        = bool
}

variable "models" {
  description = "The language models that are asked, as metrics name them"
  type        = list(string)
  default     = []
}

variable "prices" {
  description = "Dollars of a million tokens of some of them: read, read from a cache, written"
  type        = map(object({ input = number, cached = number, output = number }))
  default     = {}
}

variable "balancer" {
  description = "How metrics name the load balancer"
  type        = string
}

variable "firewall" {
  description = "How metrics name the firewall"
  type        = string
}

variable "database" {
  description = "How metrics name the database"
  type        = string
}

variable "max_connections" {
  description = "Connections that the database takes"
  type        = number
}

output "url" {
  description = "Where to look at it"
  value       = "https://${var.region}.console.aws.amazon.com/cloudwatch/home?region=${var.region}#dashboards/dashboard/${aws_cloudwatch_dashboard.main.dashboard_name}"
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
