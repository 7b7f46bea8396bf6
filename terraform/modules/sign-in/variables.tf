# What the identity provider is told.
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

variable "services" {
  description = "Each service: its URL as clients know it, and its scopes with what a person reads of each"
  type        = map(object({ url = string, scopes = map(string) }))
}

variable "scopes" {
  description = "The scopes of everybody who signs in; for each of the others there is a group"
  type        = list(string)
}

variable "plan" {
  description = "Feature plan: ESSENTIALS, or PLUS with threat protection"
  type        = string
}

variable "mfa" {
  description = "Whether a second factor is asked for: OPTIONAL, or ON: of everybody"
  type        = string
}

variable "self_sign_up" {
  description = "Whether people may make their own account"
  type        = bool
}

variable "domain" {
  description = "First part of the name of the pages; null: one is made up"
  type        = string
}

variable "callbacks" {
  description = "Where else people's programs are led back to"
  type        = list(string)
}

variable "providers_of_people" {
  description = "Whose accounts people may sign in with: COGNITO is the pool's own"
  type        = list(string)
}

variable "access_minutes" {
  description = "How long an access token lives"
  type        = number
}

variable "refresh_days" {
  description = "How long a sign-in lasts while it is used"
  type        = number
}

variable "deletion_protection" {
  description = "Whether it is kept from being deleted, with everybody in it"
  type        = bool
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
