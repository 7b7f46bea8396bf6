# What the database is told.
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
  description = "The private subnets"
  type        = list(string)
}

variable "security_group_id" {
  description = "Its security group"
  type        = string
}

variable "instance_class" {
  description = "Size of the machine"
  type        = string
}

variable "storage_gb" {
  description = "Storage at first"
  type        = number
}

variable "storage_max_gb" {
  description = "Storage that RDS may grow it to"
  type        = number
}

variable "multi_az" {
  description = "Whether a second one stands by in another zone"
  type        = bool
}

variable "backup_days" {
  description = "How long backups are kept"
  type        = number
}

variable "backup_region" {
  description = "Region that backups are copied to; null: none"
  type        = string
}

variable "apply_immediately" {
  description = "Whether a change is made at once, not in the maintenance window"
  type        = bool
}

variable "restore_from_snapshot" {
  description = "Snapshot that a new database begins with; null: it begins empty"
  type        = string
}

variable "max_connections" {
  description = "Connections it takes; null: by its class"
  type        = number
}

variable "connections" {
  description = "Connections that the services may open, during a deployment of all"
  type        = number
}

variable "deletion_protection" {
  description = "Whether it is kept from being deleted"
  type        = bool
}

variable "key_arn" {
  description = "Key that encrypts everything of it"
  type        = string
}

variable "log_retention_days" {
  description = "How long logs are kept"
  type        = number
}

variable "permissions_boundary" {
  description = "Policy that bounds every role"
  type        = string
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
