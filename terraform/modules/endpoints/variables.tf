# What the endpoints are told.
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

variable "vpc_id" {
  description = "The network"
  type        = string
}

variable "subnet_ids" {
  description = "Where they stand: a private subnet of each zone that is to have them"
  type        = list(string)
}

variable "actions" {
  description = "What else the tasks ask of AWS, beside what starting them takes: each action"
  type        = list(string)
}

variable "security_group_id" {
  description = "Their security group"
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
