# What stands in an environment's file and nothing reads: a member of an object is passed over by Terraform without a word where it is not among
# those that the variable's type has, as a misspelt one is; a name that no variable has is a warning among many lines.
variable "text" {
  description = "The file, as it is"
  type        = string
}

variable "declared" {
  description = "The names of all variables"
  type        = list(string)
}

variable "known" {
  description = "The variables that are objects or maps of them, by name, as their types made them: with every member that there is"
  type        = any
}

locals {
  said = [for name, value in provider::terraform::decode_tfvars(var.text) : { at = name, said = value, known = lookup(var.known, name, null) }]

  # Member by member, as deep as both have some.
  members = flatten([for each in local.said : [for name, value in each.said : {
    at = "${each.at}.${name}", said = value, known = try(each.known[name], null), there = contains(keys(each.known), name)
  }] if can(keys(each.said)) && can(keys(each.known))])
  inner = flatten([for each in local.members : [for name, value in each.said : {
    at = "${each.at}.${name}", said = value, known = try(each.known[name], null), there = contains(keys(each.known), name)
  }] if can(keys(each.said)) && can(keys(each.known))])
  innermost = flatten([for each in local.inner : [for name, value in each.said : {
    at = "${each.at}.${name}", there = contains(keys(each.known), name)
  }] if can(keys(each.said)) && can(keys(each.known))])

  names  = [for each in local.said : { at = each.at, there = contains(var.declared, each.at) }]
  unread = [for each in concat(local.names, local.members, local.inner, local.innermost) : each.at if !each.there]
}

output "unread" {
  description = "Nothing, or it stops there"
  value       = local.unread

  precondition {
    condition     = length(local.unread) == 0
    error_message = "The environment's file says ${join(", ", local.unread)}, which nothing reads: is it misspelt? terraform/variables.tf has the names that there are."
  }
}

terraform {
  required_version = ">= 1.11"

  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
