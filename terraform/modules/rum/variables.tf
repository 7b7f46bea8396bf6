# What RUM is told of a page.
variable "name" {
  description = "Name of the environment's things, such as shop-dev"
  type        = string
}

variable "service" {
  description = "The service whose page it is"
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

variable "host" {
  description = "Name under which the page is reached"
  type        = string
}

variable "part" {
  description = "How many of all visits are measured, over 0 to 1"
  type        = number
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
