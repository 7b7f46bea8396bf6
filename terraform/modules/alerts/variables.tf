# What the alerts are told.
variable "name" {
  description = "Name of everything in it"
  type        = string
}

variable "environment" {
  description = "What its tag says"
  type        = string
}

variable "account" {
  description = "Number of the account"
  type        = string
}

variable "emails" {
  description = "Who gets a mail"
  type        = list(string)
}

variable "slack" {
  description = "Workspace and channel of Slack that alarms go to too; null: none"
  type        = object({ workspace_id = string, channel_id = string })
}

variable "cost_tag_active" {
  description = "Whether the tag is activated for costs"
  type        = bool
}

variable "monthly_budget_usd" {
  description = "What a month may cost"
  type        = number
}

variable "key_arn" {
  description = "Key that encrypts the messages"
  type        = string
}

variable "permissions_boundary" {
  description = "Policy that bounds every role"
  type        = string
}

output "topic_arn" {
  description = "Where alarms go"
  value       = aws_sns_topic.alarms.arn

  depends_on = [aws_sns_topic_policy.alarms]
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
