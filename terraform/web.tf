# The pages of services for browsers, where the operator asks for them.
module "cdn" {
  source   = "./modules/cdn"
  for_each = local.pages

  name                = local.name
  service             = each.key
  account             = local.account
  host                = each.value.host
  zone_id             = var.zone_id
  certificate_arn     = each.value.certificate_arn
  headers             = jsondecode(file("${path.module}/../${each.key}/web/headers.json")).every
  connects            = distinct(concat(["https://${local.routes[each.key].host}"], local.sign_in_origins, each.value.connects, flatten([for rum in local.rum[each.key] : [rum.endpoint, rum.identity]])))
  logs_bucket_arn     = module.balancer.logs_bucket_arn
  deletion_protection = var.deletion_protection

  # Whom people sign in at, the service says itself (RFC 9728): with a facade that is not the issuer.
  config = merge({
    api       = local.endpoints[each.key]
    client_id = try(coalesce(local.issuer.client), "")
    scope     = each.value.scope
    keys      = each.value.keys
  }, { for rum in local.rum[each.key] : "rum" => rum })
}

module "rum" {
  source   = "./modules/rum"
  for_each = { for service, page in local.pages : service => page if page.rum > 0 }

  name                 = local.name
  service              = each.key
  region               = var.region
  account              = local.account
  host                 = each.value.host
  part                 = each.value.rum
  permissions_boundary = local.permissions_boundary
}

locals {
  pages = { for service, page in var.web : service => page if try(local.services[service].web, null) != null } # the output `web` says what is wrong

  # One, or none.
  rum = { for service in keys(local.pages) : service => [for measured, made in module.rum : made.config if measured == service] }

  # A page may call its service, beside those that the operator names.
  allowed_origins = { for service in keys(local.services) : service => concat(var.allowed_origins, [for page in lookup(local.pages, service, null)[*] : "https://${page.host}"]) }

  # Its discovery, and where a code becomes a token: with Cognito another name.
  sign_in_origins = concat([for issuer in local.issuer[*] : regex("^https://[^/]+", issuer.url)], module.sign_in[*].pages)
}
