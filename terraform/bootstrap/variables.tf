# What the operator says about the account and the repository.
variable "project" {
  description = "Name that everything starts with"
  type        = string
  default     = "shop"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,9}$", var.project))
    error_message = "project is 2 to 10 lower-case letters and digits, and starts with a letter."
  }
}

variable "region" {
  description = "AWS region of the state, the images and the services, such as us-east-1"
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region looks like us-east-1."
  }
}

variable "github" {
  description = <<-END
    The repository whose workflows may deploy. The numbers are in https://api.github.com/repos/OWNER/REPOSITORY, as owner.id and id.
    They matter: repositories created since 15 July 2026 send them in the token, and a name can be taken over by somebody else, a number can't.
  END
  type = object({
    owner         = string
    owner_id      = number
    repository    = string
    repository_id = number
  })

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+$", var.github.owner)) && can(regex("^[A-Za-z0-9._-]+$", var.github.repository))
    error_message = "github.owner and github.repository are the two parts of OWNER/REPOSITORY, without a wildcard."
  }
  validation {
    condition     = var.github.owner_id > 0 && var.github.repository_id > 0
    error_message = "github.owner_id and github.repository_id are the numbers that GitHub gave."
  }
}

variable "oidc_provider_arn" {
  description = "ARN of the account's provider for token.actions.githubusercontent.com where there is one already (there can be only one); not set: it is made"
  type        = string
  default     = null

  validation {
    condition     = var.oidc_provider_arn == null ? true : endswith(var.oidc_provider_arn, ":oidc-provider/token.actions.githubusercontent.com")
    error_message = "oidc_provider_arn ends in :oidc-provider/token.actions.githubusercontent.com."
  }
}

variable "environments" {
  description = "Environments to deploy to, each also an environment of the GitHub repository; zone_ids are the Route 53 zones whose records its pipeline may change, backup_region another region that its backups, secrets and images are copied to"
  type = map(object({
    zone_ids      = optional(list(string), [])
    backup_region = optional(string)
  }))
  default = { dev = {}, staging = {}, prod = {} }

  validation {
    condition     = length(var.environments) > 0 && alltrue([for name in keys(var.environments) : can(regex("^[a-z][a-z0-9]{1,7}$", name))])
    error_message = "An environment's name is 2 to 8 lower-case letters and digits, and starts with a letter."
  }
  validation {
    condition     = alltrue([for environment in var.environments : environment.backup_region == null ? true : environment.backup_region != var.region && can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", environment.backup_region))])
    error_message = "backup_region is another region than region, such as us-west-2."
  }
  validation {
    condition     = length(setintersection(keys(var.environments), ["costs", "images"])) == 0
    error_message = "No environment is called images or costs: those are GitHub's, whose jobs build images and tell the costs."
  }
}

variable "images_kept" {
  description = "Images that each repository keeps, the newest; what is rolled back to has to be among them. 0.10 dollars a GB and month, an image is some 20 MB"
  type        = number
  default     = 50

  validation {
    condition     = var.images_kept >= 10
    error_message = "Keep at least 10 images, or a rollback finds nothing."
  }
}
