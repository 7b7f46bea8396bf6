# What one service is told.
variable "name" {
  description = "Name of the environment's things, such as shop-dev"
  type        = string
}

variable "service" {
  description = "Name of the service, such as products; also of its database, if it has one, its user there and its program, mcp-NAME"
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

variable "image" {
  description = "Image to run, by digest or by a tag that can't be moved"
  type        = string
}

variable "architecture" {
  description = "Processor that it runs on: ARM64 or X86_64"
  type        = string
}

variable "repository_arn" {
  description = "Repository of the image"
  type        = string
}

# ---- Size ----

variable "size" {
  description = "How large a task is, how many there are, and when there are more"
  type = object({
    port                 = number
    cpu                  = number
    memory               = number
    minimum              = number
    maximum              = number
    loops                = number
    database_connections = number
    cpu_percent          = number
    requests_per_task    = number
    streams_per_task     = number
    latency_alarm_ms     = number
    log_retention_days   = number
  })
}

variable "deployment" {
  description = "How its tasks are replaced: ROLLING, or BLUE_GREEN with the minutes for which the old ones stay once the new ones serve"
  type        = object({ strategy = string, bake_minutes = number })
}

variable "schedule" {
  description = "When the service sleeps and wakes; null: never"
  type = object({
    timezone = string
    sleep    = string
    wake     = string
  })
}

# ---- Settings and secrets ----

variable "settings" {
  description = "The program's settings, by name, beside those that follow from everything else"
  type        = map(string)
}

variable "keys_secret_arn" {
  description = "Secret with API_KEYS and STATE_KEYS, and a key for each service that is called"
  type        = string
}

variable "more_secrets" {
  description = "What else of that secret the program is given, by the name that it has there and as a setting"
  type        = list(string)
  default     = []
}

variable "database" {
  description = "Its database: the server's address, what a connection string asks of it (sslmode and the like), the secrets with username and password there of the service, and of the server's master, for the setup task alone. null: it has none"
  type        = object({ address = string, query = string, secret_arn = string, master_secret_arn = string })
}

variable "reads" {
  description = "The project, if the program reads in AWS how the environment is: its role may, and it is told which. null: it does not"
  type        = string
  default     = null
}

variable "models" {
  description = "The language models that the program asks, if it asks any: ids of those of Bedrock, which its role may, the guardrail without which it may not, null if it may, and how many tokens a day are an alarm, 0 if none. null: it asks none"
  type        = object({ bedrock = list(string), guardrail = object({ id = string, version = string }), tokens_a_day = number })
  default     = null
}

variable "table" {
  description = "The table of DynamoDB in which the program keeps something: its role may. null: there is none"
  type        = object({ name = string, arn = string })
  default     = null
}

variable "calls" {
  description = "Services that this one calls, each with its address in the network"
  type        = map(string)
}

variable "key_arn" {
  description = "Key that encrypts secrets and logs"
  type        = string
}

variable "permissions_boundary" {
  description = "Policy that bounds every role"
  type        = string
}

# ---- Place ----

variable "cluster_name" {
  description = "Name of the cluster"
  type        = string
}

variable "vpc_id" {
  description = "The network"
  type        = string
}

variable "subnet_ids" {
  description = "The private subnets"
  type        = list(string)
}

variable "security_group_id" {
  description = "Security group of its tasks"
  type        = string
}

variable "namespace_id" {
  description = "Where other services find it"
  type        = string
}

variable "balancer" {
  description = "The load balancer: its HTTPS listener and how metrics name it"
  type        = object({ listener_arn = string, arn_suffix = string })
}

variable "route" {
  description = "How the balancer knows what is for this service: a host, a path before everything (empty with a host of its own), a place among the rules, and whether what is looked for at the root of a host that others have too is for it"
  type        = object({ host = string, prefix = string, priority = number, root = optional(bool, false) })
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
