# What the alerts are told.
variable "name" {
  description = "Name of everything in it"
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

variable "monthly_budget_usd" {
  description = "What a month may cost"
  type        = number
}

variable "key_arn" {
  description = "Key that encrypts the messages"
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
