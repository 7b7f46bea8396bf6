# What the pipeline and the operator need to know.
output "cluster_name" {
  description = "Name of the ECS cluster"
  value       = aws_ecs_cluster.main.name
}

output "services" {
  description = <<-END
    For each service: service_name (update-service, describe-services), image, connector_url (where clients connect), setup_task_definition_arn (run
    once before the first deployment and at each, it migrates; null where there is no database), task_definition_arn (what a release moves the service to; for `import`: override the
    command), minimum and maximum of its tasks, trial_header (with which green is reached), security_group_ids and subnet_ids (for run-task).
  END
  value = { for service, made in module.service : service => {
    service_name              = made.service_name
    image                     = lookup(var.images, service, "")
    connector_url             = "${local.urls[service]}/mcp"
    setup_task_definition_arn = made.setup_task_definition_arn
    task_definition_arn       = made.task_definition_arn
    minimum                   = local.services[service].minimum
    maximum                   = local.services[service].maximum
    trial_header              = made.trial_header
    subnet_ids                = sort(tolist(made.network.subnets))
    security_group_ids        = sort(tolist(made.network.security_groups))
  } }

  precondition {
    condition     = alltrue([for service in keys(local.services) : contains(keys(var.images), service)])
    error_message = "images names no ${join(", ", setsubtract(keys(local.services), keys(var.images)))}: it names one for each service of services.json."
  }
}

output "claude_desktop_config" {
  description = <<-END
    For claude_desktop_config.json of Claude Desktop, through mcp-remote: put the person's key where it says mcp_…. No space after "Authorization:", Windows would
    split there. The address of that machine has to be in allowed_addresses. A connector of Claude's (Settings, Connectors) takes what sign_in says.
  END
  value = jsonencode({ mcpServers = { for service, url in local.urls : service => {
    command = "npx"
    args    = ["-y", "mcp-remote", "${url}/mcp", "--transport", "http-only", "--header", "Authorization:$${AUTH_HEADER}"]
    env     = { AUTH_HEADER = "Bearer mcp_…" }
  } } })
}

output "sign_in" {
  description = <<-END
    How people sign in; null: they can't. The issuer, the client id that they type, where they sign in, the pool and its groups for aws cognito-idp, and for
    each service: url and client_id, for Add custom connector of Claude (the id under Advanced settings, no secret); claude_code and mcp_remote, the
    whole commands.
  END
  value = local.issuer == null ? null : {
    issuer       = local.issuer.url
    client_id    = local.issuer.client
    pages        = one(module.sign_in[*].pages)
    user_pool_id = one(module.sign_in[*].user_pool_id)
    groups       = flatten(module.sign_in[*].groups)
    services = { for service, url in local.endpoints : service => {
      url         = url
      client_id   = local.issuer.client
      claude_code = join(" ", concat(["claude mcp add --transport http"], [for id in local.issuer.client[*] : "--client-id ${id} --callback-port 8080"], [service, url]))
      mcp_remote  = join(" ", concat(["npx -y mcp-remote ${url} 3334 --transport http-only"], [for id in local.issuer.client[*] : "--static-oauth-client-info '${jsonencode({ client_id = id })}'"]))
    } }
  }

  precondition {
    condition     = length(setsubtract(var.sign_in.scopes, local.known)) == 0
    error_message = "sign_in.scopes has ${join(", ", setsubtract(var.sign_in.scopes, local.known))}, which no service of services.json has; there are ${join(", ", local.known)}."
  }
}

output "web" {
  description = "For each page: url, bucket (where the pipeline puts its files), and target, the name that its host leads to, for who makes that record elsewhere"
  value       = { for service, made in module.cdn : service => { url = "https://${var.web[service].host}/", bucket = made.bucket, target = made.domain_name } }

  precondition {
    condition     = length(setsubtract(keys(var.web), keys(local.pages))) == 0
    error_message = "web has ${join(", ", setsubtract(keys(var.web), keys(local.pages)))}, which has no page: services.json says which have (web)."
  }
  precondition {
    condition     = length(setintersection([for page in var.web : page.host], local.hosts)) == 0
    error_message = "web: ${join(", ", setintersection([for page in var.web : page.host], local.hosts))} is a service's name already; a page has one of its own."
  }
}

output "tables" {
  description = "The tables of DynamoDB in which services keep something"
  value       = { for service, made in module.table : service => made.name }

  precondition {
    condition     = length(setsubtract(keys(var.tables), keys(local.tables))) == 0
    error_message = "tables has ${join(", ", setsubtract(keys(var.tables), keys(local.tables)))}, which keeps nothing in one: services.json says which can (table)."
  }
}

output "visitors" {
  description = "The firewall's set of addresses (aws wafv2 update-ip-set) that a pipeline adds its own to while it tries what it deployed, and takes it out of after"
  value       = module.balancer.visitors
}

output "dashboard_url" {
  description = "How it goes"
  value       = module.dashboard.url
}

output "database" {
  description = "The database's address, its master's secret (for the setup tasks), and how many connections the services may open of how many"
  value = {
    address           = module.database.address
    master_secret_arn = module.database.master_secret_arn
    connections       = local.connections
    max_connections   = module.database.max_connections
  }
}
