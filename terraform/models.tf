# Which language models are asked, as the services are told it that ask any, and what their roles may for it.
locals {
  asked   = distinct(concat(var.models.ask, var.models.judge[*]))
  bedrock = [for name in local.asked : trimprefix(name, "bedrock:") if startswith(name, "bedrock:")]
  openai  = length(local.bedrock) < length(local.asked)

  asking = { for service, at in local.services : service => at.models && length(var.models.ask) > 0 }
  models = { for service, asks in local.asking : service => !asks ? null : {
    bedrock      = local.bedrock
    guardrail    = local.guardrail
    tokens_a_day = var.models.tokens_a_day
  } }

  # One that is there, or one that is made here; none where nobody of Bedrock's is asked.
  guards    = [for rail in var.models.guardrail[*] : rail if length(local.bedrock) > 0]
  guardrail = one(concat([for rail in local.guards : { id = rail.id, version = rail.version } if rail.id != null], module.guardrail[*].guardrail))

  # What is not said has the program's own default.
  model_settings = { for service, asks in local.asking : service => { for name, said in {
    MODELS      = [join(",", var.models.ask)]
    JUDGE_MODEL = var.models.judge[*]
    AWS_REGION  = length(local.bedrock) == 0 ? [] : [var.region]
    GUARDRAIL   = [for rail in local.guardrail[*] : "${rail.id}:${rail.version}"]
    OPENAI_URL  = local.openai ? var.models.openai.url[*] : []
  } : name => one(said) if asks && length(said) > 0 } }
  model_secrets = { for service, asks in local.asking : service => asks && local.openai && var.models.openai.key ? ["OPENAI_KEY"] : [] }
}

module "guardrail" {
  source = "./modules/guardrail"
  count  = length([for rail in local.guards : rail if rail.id == null])

  name   = local.name
  denied = local.guards[0].denied
  said   = local.guards[0].said
}
