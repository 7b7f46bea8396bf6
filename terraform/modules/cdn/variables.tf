# What the page of one service is told.
variable "name" {
  description = "Name of the environment's things, such as shop-dev"
  type        = string
}

variable "service" {
  description = "The service whose page it is"
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

variable "zone_id" {
  description = "Route 53 zone of the name and of the certificate's proof; null: both are made elsewhere"
  type        = string
}

variable "certificate_arn" {
  description = "Certificate for the name, in us-east-1; null: one is made and proven in zone_id"
  type        = string
}

variable "headers" {
  description = "Headers that every file has, by name: those of headers.json beside the page's sources"
  type        = map(string)
}

variable "connects" {
  description = "Origins that the page asks beside its own: the service, and where people sign in"
  type        = list(string)
}

variable "config" {
  description = "What the page's config.json says"
  type        = any
}

variable "logs_bucket_arn" {
  description = "Bucket for the access logs"
  type        = string
}

variable "deletion_protection" {
  description = "Whether the bucket is kept from being deleted with what is in it"
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
