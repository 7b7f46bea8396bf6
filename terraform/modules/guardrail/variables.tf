# What a guardrail is told.
variable "name" {
  description = "Its name"
  type        = string
}

variable "denied" {
  description = "What is not talked about: a topic's name, and what belongs to it"
  type        = map(string)
}

variable "said" {
  description = "What is said in place of what it blocks"
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
