# What the load balancer is told.
variable "name" {
  description = "Name of everything in it"
  type        = string
}

variable "region" {
  description = "AWS region"
  type        = string
}

variable "account" {
  description = "Number of the account"
  type        = string
}

variable "subnet_ids" {
  description = "The public subnets"
  type        = list(string)
}

variable "security_group_id" {
  description = "Its security group"
  type        = string
}

variable "hosts" {
  description = "Names that it serves"
  type        = list(string)
}

variable "certificate_arn" {
  description = "Certificate for the names; null: one is made and proven in the zone"
  type        = string
}

variable "zone_id" {
  description = "Route 53 zone of the names; null: their records are made elsewhere"
  type        = string
}

variable "allowed_addresses" {
  description = "Networks that may connect; null: all of them"
  type        = list(string)
}

variable "sign_in" {
  description = "Whether people may sign in"
  type        = bool
  default     = false
}

variable "requests_per_address" {
  description = "Requests that one address may make in five minutes"
  type        = number
}

variable "deletion_protection" {
  description = "Whether it is kept from being deleted"
  type        = bool
}

variable "key_arn" {
  description = "Key that encrypts the logs"
  type        = string
}

variable "log_retention_days" {
  description = "How long logs are kept"
  type        = number
}

variable "topic_arn" {
  description = "Where alarms go"
  type        = string
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
