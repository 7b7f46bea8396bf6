# Who may sign in, as the services are told it: with an identity provider of our own, or with one that is there already.
module "sign_in" {
  source = "./modules/sign-in"
  count  = var.sign_in.by == "cognito" ? 1 : 0

  name                = local.name
  region              = var.region
  account             = local.account
  services            = { for service, at in local.services : service => { url = local.endpoints[service], scopes = at.scopes } }
  scopes              = var.sign_in.scopes
  plan                = var.sign_in.cognito.plan
  mfa                 = var.sign_in.cognito.mfa
  self_sign_up        = var.sign_in.cognito.self_sign_up
  domain              = var.sign_in.cognito.domain
  callbacks           = concat(var.sign_in.cognito.callbacks, [for page in local.pages : "https://${page.host}/"])
  providers_of_people = var.sign_in.cognito.providers
  access_minutes      = var.sign_in.cognito.access_minutes
  refresh_days        = var.sign_in.cognito.refresh_days
  deletion_protection = var.deletion_protection
}

locals {
  endpoints = { for service, url in local.urls : service => "${url}/mcp" }

  # Cognito's discovery says nothing of PKCE, which clients insist on, so the services say it for it. Its tokens have no audience where a client
  # names no resource: then the client and the scopes' prefix tell whom they are for.
  cognito = [for made in module.sign_in : {
    url      = made.issuer
    client   = made.people
    clients  = concat([made.people], var.sign_in.clients)
    audience = tolist([])
    prefixes = made.prefixes
    claims   = tolist(["scope", "cognito:groups"])
    facade   = local.facade
    jwks     = tostring(null)
  }]
  other = [for said in var.sign_in.issuer[*] : {
    url      = said.url
    client   = said.client_id
    clients  = length(var.sign_in.clients) == 0 ? tolist([]) : distinct(concat(said.client_id[*], var.sign_in.clients))
    audience = said.audience
    prefixes = { for service in keys(local.services) : service => said.prefix }
    claims   = said.scope_claim
    facade   = local.facade
    jwks     = said.jwks
  }]
  issuer = one(concat(local.cognito, local.other)) # null: nobody signs in

  # What is not said has the program's own default. Which there are is known before there is a pool, so a plan can be read.
  oauth_settings = { for service, at in local.services : service => local.issuer == null ? {} : { for name, said in {
    OAUTH_ISSUER         = [local.issuer.url]
    OAUTH_AUDIENCE       = length(local.issuer.audience) == 0 ? [] : [join(",", local.issuer.audience)]
    OAUTH_CLIENTS        = length(local.issuer.clients) == 0 ? [] : [join(",", local.issuer.clients)]
    OAUTH_SCOPES         = length(setintersection(var.sign_in.scopes, keys(at.scopes))) == 0 ? [] : [join(",", [for scope in var.sign_in.scopes : scope if contains(keys(at.scopes), scope)])]
    OAUTH_SCOPE_PREFIX   = local.issuer.prefixes[service] == "" ? [] : [local.issuer.prefixes[service]]
    OAUTH_SCOPE_CLAIM    = length(local.issuer.claims) == 0 ? [] : [join(",", local.issuer.claims)]
    OAUTH_CUSTOMER_CLAIM = var.sign_in.customer_claim[*]
    OAUTH_FACADE         = local.issuer.facade ? ["on"] : []
    OAUTH_JWKS           = local.issuer.jwks[*]
  } : name => one(said) if length(said) > 0 } }

  facade = var.sign_in.by == "cognito" || try(var.sign_in.issuer.facade, false)

  known = toset(flatten([for service in local.services : keys(service.scopes)]))

  # With one name for all, what clients look for at its root has to be somebody's: it says the same of each.
  first = one([for service, at in local.services : service if at.priority == min([for other in local.services : other.priority]...)])
}
