# What the network is told.
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

variable "cidr" {
  description = "Addresses of the network"
  type        = string
}

variable "zones" {
  description = "Availability zones to spread over"
  type        = list(string)
}

variable "private_access" {
  description = "How the private subnets reach AWS: nat or endpoints"
  type        = string
}

variable "key_arn" {
  description = "Key that encrypts the logs"
  type        = string
}

variable "log_retention_days" {
  description = "How long logs are kept"
  type        = number
}

variable "table_arns" {
  description = "Tables of DynamoDB that tasks reach"
  type        = list(string)
  default     = []
}

variable "permissions_boundary" {
  description = "Policy that bounds every role"
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
