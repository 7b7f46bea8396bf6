# The services: what services.json lists, and what an environment says of each. Whoever asks for `all` has them checked.
variable "listed" {
  description = "What services.json holds: about, port, priority, scopes, calls, whether there is a database, what it may do in AWS, whether it asks models, which file describes a table that it can keep something in, whether it has a page for browsers and which figures of its own are shown, of each service (../../../services says what they mean, and checks them all; here is what the network depends on, for who runs Terraform by hand)"
  type = map(object({
    about    = string
    port     = number
    priority = number
    scopes   = optional(map(string), {})
    calls    = optional(map(list(string)), {})
    database = optional(bool, true)
    aws      = optional(string, "nothing")
    models   = optional(bool, false)
    table    = optional(string)
    figures  = optional(map(map(string)), {})
    web      = optional(number)
  }))

  validation {
    condition     = alltrue([for name in keys(var.listed) : can(regex("^[a-z][a-z0-9]{1,11}$", name))])
    error_message = "services.json: a service's name is 2 to 12 lower-case letters and digits, and starts with a letter."
  }
  validation {
    condition     = length(setintersection(keys(var.listed), ["balancer", "database", "endpoints", "postgres"])) == 0
    error_message = "services.json: balancer, database, endpoints and postgres are the names of something else there."
  }
  validation {
    condition     = alltrue([for service in var.listed : service.port >= 1024 && service.port <= 64535 && floor(service.port) == service.port])
    error_message = "services.json: a service's port is from 1024 (the program is not root) to 64535 (its metrics are 1000 above)."
  }
  validation {
    condition     = length(distinct([for service in var.listed : service.port])) == length(var.listed)
    error_message = "services.json: two services have one port; choose another for the newer one."
  }
  validation {
    condition     = alltrue([for service in var.listed : service.priority >= 10 && service.priority <= 49990 && service.priority % 10 == 0])
    error_message = "services.json: a service's priority is one of the tens from 10 to 49990: its rules take it and the next ones."
  }
  validation {
    condition     = length(distinct([for service in var.listed : service.priority])) == length(var.listed)
    error_message = "services.json: two services have one priority; choose another for the newer one, since moving the older one's rules takes it out of service for a while."
  }
  validation {
    condition     = alltrue([for service in var.listed : contains(["nothing", "read"], service.aws)])
    error_message = "services.json: what a service may do in AWS is \"read\", or nothing."
  }
  validation {
    condition     = alltrue([for service in var.listed : !service.models && service.table == null || service.aws == "nothing"])
    error_message = "services.json: a service's role is for aws, or for models and a table, not for both."
  }
  validation {
    condition     = alltrue([for name, service in var.listed : alltrue([for called in keys(service.calls) : called != name && contains(keys(var.listed), called)])])
    error_message = "services.json: a service can only call another one that is listed."
  }
}

variable "every_service" {
  description = "What the environment says of all of them; what there is to say, and what holds without a word, is in `usual` below"
  type        = any
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.every_service), keys(local.usual))) == 0
    error_message = "every_service has ${join(", ", setsubtract(keys(var.every_service), keys(local.usual)))}, and can have ${join(", ", keys(local.usual))}; port, priority, scopes, calls, database, aws, models, table and figures are in services.json."
  }
}

variable "services" {
  description = "What it says of one of them otherwise, by name"
  type        = any
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.services), keys(var.listed))) == 0
    error_message = "services has ${join(", ", setsubtract(keys(var.services), keys(var.listed)))}, which services.json does not list: add it there, or take it out here."
  }
  validation {
    condition     = alltrue([for service in var.services : length(setsubtract(keys(service), keys(local.usual))) == 0])
    error_message = "A service in services can have ${join(", ", keys(local.usual))}; port, priority, scopes, calls, database, aws, models, table and figures are in services.json."
  }
}

locals {
  usual = {
    cpu                  = 256 # of a task; 1024 is one processor
    memory               = 512 # MiB of a task
    minimum              = 2   # tasks
    maximum              = 6
    database_connections = 4     # of a task, which its calls share
    cpu_percent          = 60    # more tasks are made over this,
    requests_per_task    = 12000 # over so many a minute,
    streams_per_task     = 5000  # or over so many open ones
    latency_alarm_ms     = 500   # of the slowest twentieth
    settings             = {}    # of the program, by name
  }

  # Without a database sessions are in the memory of one task: another would not know them.
  alone = { minimum = 1, maximum = 1 }

  chosen = { for name, listed in var.listed : name => merge(local.usual, var.every_service, listed.database ? {} : local.alone, lookup(var.services, name, {}), listed, {
    settings = merge(lookup(var.every_service, "settings", {}), lookup(lookup(var.services, name, {}), "settings", {}))
  }) }

  # One event loop a processor, at least one. A program asks its machine, and Fargate's has more than a small task may use: so it is told.
  loops = { for name, service in local.chosen : name => max(1, floor(service.cpu / 1024)) }

  # What a task opens at most: what its calls share, one for each loop that reads, and one for the state, which listens.
  all = { for name, service in local.chosen : name => merge(service, {
    loops       = local.loops[name]
    connections = service.database ? service.database_connections + local.loops[name] + 1 : 0
  }) }

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
  fargate = { 256 = [512, 1024, 2048], 512 = [1024, 2048, 3072, 4096], 1024 = range(2048, 8193, 1024), 2048 = range(4096, 16385, 1024), 4096 = range(8192, 30721, 1024) }
}

output "all" {
  description = "The services by name, each with all that there is to know of it"
  value       = local.all

  precondition {
    condition     = alltrue([for service in local.all : contains(lookup(local.fargate, service.cpu, []), service.memory)])
    error_message = "Fargate has cpu 256 with memory 512, 1024 or 2048; 512 with 1024 to 4096; 1024 with 2048 to 8192; 2048 with 4096 to 16384; 4096 with 8192 to 30720, in steps of 1024."
  }
  precondition {
    condition     = alltrue([for service in local.all : service.minimum >= 1 && service.maximum >= service.minimum && service.database_connections >= 1])
    error_message = "A service has at least one task and one database connection, and its maximum is not under its minimum. For nights see schedule."
  }
  precondition {
    condition     = alltrue([for service in local.all : service.database || (service.minimum == 1 && service.maximum == 1)])
    error_message = "A service without a database has one task: its sessions are in its memory. Leave minimum and maximum out."
  }
  precondition {
    condition = alltrue(flatten([for service in local.all : [for name in keys(service.settings) :
    !contains(["AUTH", "HOST", "PORT", "LOOPS", "DATABASE_CONNECTIONS", "DATABASE_URL", "MODELS", "OPENAI_URL", "GUARDRAIL", "HISTORY"], name) && !can(regex("^OAUTH_|^OTEL_EXPORTER_|(KEY|KEYS|PASSWORD|SECRET|TOKEN|USER)$", name))]]))
    error_message = "settings can't name AUTH (nothing is deployed without keys), HOST, PORT, LOOPS, DATABASE_CONNECTIONS, DATABASE_URL, MODELS, OPENAI_URL, GUARDRAIL (say models), HISTORY (say tables), OAUTH_… (say sign_in) or OTEL_EXPORTER_… (say traces), which follow from the rest, nor anything secret: that goes into Secrets Manager (terraform/secrets)."
  }
}

terraform {
  required_version = ">= 1.11"
}
