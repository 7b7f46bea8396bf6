# What a table is told.
variable "table" {
  description = "Its name"
  type        = string
}

variable "definition" {
  description = "How it is built: the input of CreateTable"
  type        = any
}

variable "backup_days" {
  description = "For how many days back it can be restored to any second; 0: not at all"
  type        = number
}

variable "deletion_protection" {
  description = "Whether it is kept from being deleted"
  type        = bool
}

variable "key_arn" {
  description = "Key that encrypts it"
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
