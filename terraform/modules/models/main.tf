# Which models of Bedrock a service may ask whose entry in services.json says "models": true. Its role has it (modules/service), of those that
# the environment names, and the boundary of roles lets it, of any (bootstrap).
#
# An id that begins with a place (us., eu., global., …) is an inference profile of AWS's: it is asked for here, and the model answers in one of
# the profile's regions, of which AWS asks too, global ones by an ARN without a region. So the model is named everywhere, but only behind that
# profile (Amazon Bedrock, Prerequisites for inference profiles).
variable "region" {
  description = "AWS region in which Bedrock is asked"
  type        = string
}

variable "account" {
  description = "Number of the account"
  type        = string
}

variable "ids" {
  description = "The models, as Bedrock calls them: ids of its models and of its inference profiles; [\"*\"] for any"
  type        = list(string)
}

variable "guardrail" {
  description = "The guardrail, its id and version, without which none may be asked; null: any may be used, or none"
  type        = object({ id = string, version = string })
}

locals {
  any      = contains(var.ids, "*")
  place    = "^(apac|au|ca|eu|global|jp|us|us-gov)\\."
  profiles = { for id in var.ids : id => replace(id, "/${local.place}/", "") if can(regex(local.place, id)) }
  models   = setsubtract(var.ids, keys(local.profiles))

  here = "arn:aws:bedrock:${var.region}:${var.account}"
  ask  = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"] # Converse and ConverseStream are asked for by these names

  guarded = { for rail in var.guardrail[*] : "bedrock:GuardrailIdentifier" => "${local.here}:guardrail/${rail.id}:${rail.version}" }
  only    = length(local.guarded) == 0 ? [] : [{ Condition = { StringEquals = local.guarded } }]

  statements = concat(
    [for profiles in [local.any ? ["*"] : keys(local.profiles)] : merge({
      Sid      = "AskByProfile"
      Effect   = "Allow"
      Action   = local.ask
      Resource = [for id in profiles : "${local.here}:inference-profile/${id}"]
    }, local.only...) if length(profiles) > 0],
    [for number, id in keys(local.profiles) : {
      Sid       = "ModelOfProfile${number + 1}"
      Effect    = "Allow"
      Action    = local.ask
      Resource  = ["arn:aws:bedrock:*::foundation-model/${local.profiles[id]}"]
      Condition = { StringEquals = merge(local.guarded, { "bedrock:InferenceProfileArn" = "${local.here}:inference-profile/${id}" }) }
    }],
    [for models in [sort(local.models)] : merge({
      Sid      = "Ask"
      Effect   = "Allow"
      Action   = local.ask
      Resource = [for id in models : "arn:aws:bedrock:${local.any ? "*" : var.region}::foundation-model/${id}"]
    }, local.only...) if length(models) > 0],
    [for id in concat(var.guardrail[*].id, local.any ? ["*"] : []) : {
      Sid      = "Guard"
      Effect   = "Allow"
      Action   = ["bedrock:ApplyGuardrail"]
      Resource = ["${local.here}:guardrail/${id}"]
    }],
  )
}

output "statements" {
  description = "What is allowed"
  value       = local.statements
}

output "actions" {
  description = "Each action that is allowed"
  value       = sort(distinct(flatten([for statement in local.statements : statement.Action])))
}

output "policy" {
  description = "The whole policy"
  value       = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}

terraform {
  required_version = ">= 1.11"
}
