# What the operator says. Whatever has no default has to be said.
variable "project" {
  description = "Name that everything starts with, as in the bootstrap"
  type        = string
  default     = "shop"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,9}$", var.project))
    error_message = "project is 2 to 10 lower-case letters and digits, and starts with a letter."
  }
}

variable "environment" {
  description = "Name of the environment, one of those that the bootstrap made, such as dev"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,7}$", var.environment))
    error_message = "environment is 2 to 8 lower-case letters and digits, and starts with a letter."
  }
}

variable "region" {
  description = "AWS region, as in the bootstrap, such as us-east-1"
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region looks like us-east-1."
  }
}

# ---- What runs ----

variable "images" {
  description = "Image of each service, with its digest or with a tag that is never moved: { products = \"…/shop/products@sha256:…\", … }"
  type        = map(string)

  validation {
    condition     = alltrue([for image in values(var.images) : can(regex("@sha256:[0-9a-f]{64}$", image)) || (can(regex("^[^@]+:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", image)) && !endswith(image, ":latest"))])
    error_message = "An image ends in @sha256: and its digest, or in a tag that is never moved; \"latest\" is."
  }
}

variable "every_service" {
  description = <<-END
    What all the services of services.json have here, where it is not the usual (modules/services says that): cpu (1024 is one processor) and memory
    (MiB) of a task; minimum and maximum of tasks; database_connections, which the calls of a task share (it opens one more for each processor, at
    least one, and one that listens); what more tasks are made at: cpu_percent, requests_per_task (a minute), streams_per_task (open ones); the latency in
    ms of the slowest twentieth that is an alarm; settings of the program by name. Two tasks of 256 and 512 cost 14.40 dollars a month in us-east-1.
  END
  type        = any
  default     = {}
}

variable "services" {
  description = "What one of them has otherwise: { orders = { maximum = 4 } }. Which there are, their ports and who calls whom is in services.json"
  type        = any
  default     = {}
}

variable "architecture" {
  description = "Processor of the tasks: ARM64, a fifth cheaper, or X86_64. The images are built for both"
  type        = string
  default     = "ARM64"

  validation {
    condition     = contains(["ARM64", "X86_64"], var.architecture)
    error_message = "architecture is ARM64 or X86_64."
  }
}

variable "deployment" {
  description = <<-END
    How a release replaces tasks. ROLLING: new ones take their place among the old ones. BLUE_GREEN: all new ones are there beside the old ones,
    are tried by the release before anybody else gets them, then get all traffic at once, and the old ones wait for bake_minutes: until then an
    alarm turns it back at once. Twice the tasks for that time.
  END
  type = object({
    strategy     = optional(string, "ROLLING")
    bake_minutes = optional(number, 10)
  })
  default = {}

  validation {
    condition     = contains(["ROLLING", "BLUE_GREEN"], var.deployment.strategy)
    error_message = "deployment.strategy is ROLLING or BLUE_GREEN."
  }
  validation {
    condition     = var.deployment.bake_minutes >= 5 && var.deployment.bake_minutes <= 30
    error_message = "deployment.bake_minutes is from 5, which an alarm needs to ring, to 30, which a release has time for."
  }
}

variable "schedule" {
  description = "When the services sleep and wake, as cron expressions of AWS in a time zone, to save money where nobody works at night; not set: never. The database and the balancer go on costing. A release at night wakes them to try what it deployed, and they sleep again"
  type = object({
    timezone = string
    sleep    = string
    wake     = string
  })
  default = null

  validation {
    condition     = var.schedule == null ? true : alltrue([for at in [var.schedule.sleep, var.schedule.wake] : can(regex("^cron\\(.+\\)$", at))])
    error_message = "schedule.sleep and schedule.wake look like cron(0 20 ? * MON-FRI *)."
  }
}

# ---- Network ----

variable "vpc_cidr" {
  description = "Private addresses of the network, a /16 to /20; choose one that no network it may be joined with has"
  type        = string
  default     = "10.20.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 20, false)
    error_message = "vpc_cidr is an IPv4 network from /16 to /20."
  }
}

variable "zones" {
  description = "Availability zones to spread over: 2 or 3"
  type        = number
  default     = 2

  validation {
    condition     = contains([2, 3], var.zones)
    error_message = "zones is 2 or 3."
  }
}

variable "private_access" {
  description = <<-END
    How the private subnets reach AWS. Prices a month in us-east-1, traffic apart:
    nat: one NAT gateway, 36.50 dollars. Tasks can then reach every HTTPS server, so `import` takes any https URL. It stands in one zone.
    endpoints: four interface endpoints, 29.20 dollars a zone (see endpoint_zones). Tasks can reach nothing but AWS; `import` takes a presigned URL of S3.
  END
  type        = string
  default     = "nat"

  validation {
    condition     = contains(["nat", "endpoints"], var.private_access)
    error_message = "private_access is nat or endpoints."
  }
}

variable "endpoint_zones" {
  description = "In how many zones the endpoints stand, 29.20 dollars a month each. Those of one serve all, until that zone fails"
  type        = number
  default     = 2

  validation {
    condition     = var.endpoint_zones >= 1 && var.endpoint_zones <= var.zones
    error_message = "endpoint_zones is from 1 to zones."
  }
}

# ---- Names, and who may come ----

variable "domain" {
  description = "Name under which the services are reached: with routing by host products.DOMAIN and orders.DOMAIN, by path DOMAIN/products and DOMAIN/orders"
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain is a name in lower-case letters, such as example.com."
  }
}

variable "routing" {
  description = "How the balancer tells the services apart: host (a name each), or path where there is only one name (it takes /products off before the server sees it)"
  type        = string
  default     = "host"

  validation {
    condition     = contains(["host", "path"], var.routing)
    error_message = "routing is host or path."
  }
}

variable "zone_id" {
  description = "Route 53 zone of domain: the names and the proof for the certificate are made there. Not set: they are made elsewhere, and certificate_arn is given"
  type        = string
  default     = null
}

variable "certificate_arn" {
  description = "A certificate in ACM for the names, of the same region; not set: one is made and proven in zone_id"
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn != null || var.zone_id != null
    error_message = "Say zone_id, or certificate_arn where the domain is not in Route 53."
  }
}

variable "allowed_addresses" {
  description = "Networks that may connect, everybody else is turned away: your own, as a.b.c.d/32, and 160.79.104.0/21 for Claude's connectors, which call from there. [] turns everybody away"
  type        = list(string)
  default     = null

  validation {
    condition     = var.allowed_addresses == null ? true : alltrue([for network in var.allowed_addresses : can(cidrnetmask(network)) && !endswith(network, "/0")])
    error_message = "allowed_addresses names IPv4 networks, such as 203.0.113.7/32. The whole internet (/0) is none that AWS takes; for that leave the list out and say open_to_all = true."
  }
  validation {
    condition     = var.allowed_addresses != null ? !var.open_to_all : var.open_to_all || var.sign_in.by != "none"
    error_message = "Say either who may connect (allowed_addresses), or that everybody may who has a key (open_to_all = true, without a list). Where people sign in (sign_in) the list may be left out."
  }
}

variable "open_to_all" {
  description = "Whether everybody may connect, so that a caller's key alone guards the door, or token; the firewall still slows floods and turns known attacks away"
  type        = bool
  default     = false
}

variable "sign_in" {
  description = <<-END
    Whether people may sign in with OAuth, beside callers with a key, as Claude's connectors and other programs of people do (docs/sign-in.md).
    by: none; cognito, which makes an identity provider here; issuer, which takes one that is there (Entra, Okta, Auth0, Keycloak, …).
    scopes: what everybody who signs in may do, of all services. clients: ids of clients whose tokens count; of Cognito beside its own one, of
    another issuer all of them, which it takes where its tokens name no audience. customer_claim: the claim with the customer on whose behalf a
    person calls, for orders:own.
    cognito: plan (ESSENTIALS, or PLUS with threat protection), mfa (OPTIONAL or ON), self_sign_up, domain (first part of the name of its pages),
    callbacks (of programs that it does not know), providers (COGNITO, and what was added by hand, such as Google), access_minutes and
    refresh_days that a token lives.
    issuer: url as it stands in the tokens; client_id that people type; audience, where it is not the service's URL; prefix before the scopes;
    scope_claim, where it is neither scope nor scp; facade, where its discovery lacks what clients want; jwks, for its keys without discovery.
  END
  type = object({
    by             = optional(string, "none")
    scopes         = optional(list(string), [])
    clients        = optional(list(string), [])
    customer_claim = optional(string)
    cognito = optional(object({
      plan           = optional(string, "ESSENTIALS")
      mfa            = optional(string, "OPTIONAL")
      self_sign_up   = optional(bool, false)
      domain         = optional(string)
      callbacks      = optional(list(string), [])
      providers      = optional(list(string), ["COGNITO"])
      access_minutes = optional(number, 60)
      refresh_days   = optional(number, 30)
    }), {})
    issuer = optional(object({
      url         = string
      client_id   = optional(string)
      audience    = optional(list(string), [])
      prefix      = optional(string, "")
      scope_claim = optional(list(string), [])
      facade      = optional(bool, false)
      jwks        = optional(string)
    }))
  })
  default = {}

  validation {
    condition     = contains(["none", "cognito", "issuer"], var.sign_in.by)
    error_message = "sign_in.by is none, cognito or issuer."
  }
  validation {
    condition     = (var.sign_in.by == "issuer") == (var.sign_in.issuer != null)
    error_message = "sign_in.issuer says which one, where sign_in.by is issuer, and only there."
  }
  validation {
    condition     = var.sign_in.by == "none" || length(var.sign_in.scopes) > 0
    error_message = "sign_in.scopes says what whoever signs in may do, such as [\"products:read\"]."
  }
  validation {
    condition     = contains(["ESSENTIALS", "PLUS"], var.sign_in.cognito.plan)
    error_message = "sign_in.cognito.plan is ESSENTIALS or PLUS: LITE has neither its pages nor tokens for one service."
  }
  validation {
    condition     = contains(["OPTIONAL", "ON"], var.sign_in.cognito.mfa)
    error_message = "sign_in.cognito.mfa is OPTIONAL or ON."
  }
  validation {
    condition     = var.sign_in.cognito.access_minutes >= 5 && var.sign_in.cognito.access_minutes <= 1440 && var.sign_in.cognito.refresh_days >= 1 && var.sign_in.cognito.refresh_days <= 3650
    error_message = "sign_in.cognito.access_minutes is from 5 to 1440, refresh_days from 1 to 3650."
  }
  validation {
    condition     = !var.sign_in.cognito.self_sign_up || contains(["sub"], coalesce(var.sign_in.customer_claim, "sub"))
    error_message = "Whoever makes their own account chooses the user name: with sign_in.cognito.self_sign_up a customer is known by sub alone, or they could be any."
  }
  validation {
    condition     = alltrue([for url in var.sign_in.cognito.callbacks : can(regex("^([a-z][a-z0-9+.-]*:/|http://(localhost|127\\.0\\.0\\.1))", url)) && !strcontains(url, "#") && !(startswith(url, "http:") && !can(regex("^http://(localhost|127\\.0\\.0\\.1)[:/]", url)))])
    error_message = "A callback is an https URL, one of an app, or http on localhost or 127.0.0.1, without a #."
  }
  validation {
    condition     = var.sign_in.issuer == null ? true : can(regex("^https://[^?#\\s\",]+$", var.sign_in.issuer.url)) && !strcontains(var.sign_in.issuer.url, "/.well-known/")
    error_message = "sign_in.issuer.url is one https URL, to the letter as the tokens have it as iss, with or without a slash at its end, and without /.well-known/."
  }
  validation {
    condition     = can(regex("^([^\\s\",\\\\]*[^\\s\",\\\\A-Za-z0-9])?$", try(var.sign_in.issuer.prefix, "")))
    error_message = "sign_in.issuer.prefix stands right before a scope, so it ends with what the issuer has between them, such as the / of api://APP/."
  }
  validation {
    condition     = !try(var.sign_in.issuer.facade && var.sign_in.issuer.jwks != null, false)
    error_message = "sign_in.issuer.facade repeats what the issuer's discovery says, which there is none of with jwks: leave one of them out."
  }
  validation {
    condition     = var.sign_in.by == "none" || var.private_access == "nat" || can(regex("^https://[a-z0-9.-]*\\bs3[a-z0-9.-]*\\.amazonaws\\.com/", var.sign_in.issuer.jwks))
    error_message = "With private_access = \"endpoints\" the services reach nothing but AWS, and no issuer, of Cognito neither, whose endpoint takes no pool with pages: say nat, or sign_in.issuer.jwks with a copy of its keys in S3."
  }
}

# ---- Language models ----

variable "models" {
  description = <<-END
    What the services that ask language models (models in services.json) ask; without ask none is asked, and people answer (docs/deploy.md).
    ask: the models, the first that can answer does: bedrock:ID, which the service's role may then, no other, and openai:NAME (MODELS).
    judge: a small one, named so too, that judges how customers feel (JUDGE_MODEL); without it a list of words does.
    guardrail: of Bedrock's, without which those of Bedrock may not be asked (GUARDRAIL): id and version of one that is there, or {} for one that is made
    (modules/guardrail says what it does), with denied, what is not talked about, { "Legal advice" = "Whether somebody is right …" }, and said in its place.
    openai: url, where it is not OpenAI's own (OPENAI_URL); key, false where that wants none. It is a secret, so it has to be OPENAI_KEY in the
    secret ENVIRONMENT/SERVICE/keys, where terraform/secrets puts it, before a task can start.
    tokens_a_day: an alarm when the models of a service have taken more in a day, what caches had left out; 0: none. prices: dollars of a million
    tokens by model, for the chart of what they cost: { "bedrock:us.amazon.nova-2-lite-v1:0" = { input = 0.30, cached = 0.075, output = 2.50 } }.
    Three alarms are 60 cents a month and service, ten figures 3 dollars, eight more of each model that answers 2.40.
  END
  type = object({
    ask   = optional(list(string), [])
    judge = optional(string)
    guardrail = optional(object({
      id      = optional(string)
      version = optional(string)
      denied  = optional(map(string), {})
      said    = optional(string, "I can't help with that here. Ask for a person if you like.")
    }))
    openai = optional(object({
      url = optional(string)
      key = optional(bool, true)
    }), {})
    tokens_a_day = optional(number, 20000000)
    prices       = optional(map(object({ input = number, cached = optional(number, 0), output = number })), {})
  })
  default = {}

  validation {
    condition     = alltrue([for name in concat(var.models.ask, var.models.judge[*]) : can(regex("^(openai:[^\\s,\"\\\\]{1,190}|bedrock:[a-z0-9-]+(\\.[A-Za-z0-9_-]+)+(:[0-9a-z]+)*)$", name))]) && length(distinct(var.models.ask)) == length(var.models.ask) && length(var.models.ask) <= 8
    error_message = "models.ask has up to eight models, and models.judge is one, each as openai:NAME or bedrock:ID, such as bedrock:us.amazon.nova-2-lite-v1:0: the id of a model or of an inference profile of AWS's, not an ARN."
  }
  validation {
    condition     = try(coalesce(var.models.guardrail.id, var.models.guardrail.version), null) == null ? true : can(regex("^[a-z0-9]{1,64}$", var.models.guardrail.id)) && can(regex("^[1-9][0-9]{0,7}$", var.models.guardrail.version)) && length(var.models.guardrail.denied) == 0
    error_message = "models.guardrail has the id of a guardrail and the number of a version of it: a draft changes while it serves. Or neither, and perhaps denied: then one is made."
  }
  validation {
    condition     = var.models.guardrail == null ? true : length(var.models.guardrail.denied) <= 30 && alltrue([for topic, about in var.models.guardrail.denied : can(regex("^[0-9A-Za-z_ !?.-]{1,100}$", topic)) && length(about) >= 1 && length(about) <= 200]) && length(var.models.guardrail.said) >= 1 && length(var.models.guardrail.said) <= 500
    error_message = "models.guardrail: denied has up to 30 topics, each a name of letters, digits and blanks and what belongs to it, up to 200 characters; said has up to 500."
  }
  validation {
    condition     = var.models.openai.url == null ? true : can(regex("^https://[a-z0-9.-]+(:443)?(/[^?#@\\s]*)?$", var.models.openai.url))
    error_message = "models.openai.url is an https URL of port 443, without a user, a query or a key: that goes into the secrets."
  }
  validation {
    condition     = var.private_access == "nat" || !anytrue([for name in concat(var.models.ask, var.models.judge[*]) : startswith(name, "openai:")])
    error_message = "With private_access = \"endpoints\" the services reach nothing but AWS, and so models of Bedrock alone: say nat, or take those of openai: out."
  }
  validation {
    condition     = var.models.tokens_a_day >= 0
    error_message = "models.tokens_a_day is a number of tokens, or 0."
  }
  validation {
    condition     = length(setsubtract(keys(var.models.prices), concat(var.models.ask, var.models.judge[*]))) == 0
    error_message = "models.prices has a model that is neither in models.ask nor models.judge."
  }
  validation {
    condition     = var.models.judge == null || length(var.models.ask) > 0
    error_message = "models.judge judges the words of who is answered by a model: name one in models.ask, or leave the judge out."
  }
}

variable "requests_per_address" {
  description = "Requests that one address may make in five minutes; a company or Claude is one or a few addresses"
  type        = number
  default     = 20000

  validation {
    condition     = var.requests_per_address >= 10
    error_message = "AWS takes no limit under 10."
  }
}

variable "compat" {
  description = "Wrong requests of known clients to serve all the same (COMPAT); all is what Claude's connectors are known to need"
  type        = string
  default     = "all"
}

variable "allowed_origins" {
  description = "Origins whose pages may call from a browser (ALLOWED_ORIGINS)"
  type        = list(string)
  default     = []
}

variable "web" {
  description = <<-END
    The pages of services for browsers that are served here, by CloudFront: { support = { host = "help.example.com" } }. Some cents a month each.
    host: the page's name, in zone_id, other than the services'. certificate_arn: of us-east-1; not set: one is made and proven in zone_id. scope:
    what a sign-in asks for, not set: what the service says. keys: whether a key may be typed in, for trying. connects: further origins that a
    sign-in needs, where the issuer gives tokens at another name than its own. rum: of how many visits CloudWatch RUM is told how the page went, 0 to 1.
  END
  type = map(object({
    host            = string
    certificate_arn = optional(string)
    scope           = optional(string, "")
    keys            = optional(bool, false)
    connects        = optional(list(string), [])
    rum             = optional(number, 0)
  }))
  default = {}

  validation {
    condition     = alltrue([for page in var.web : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", page.host))]) && length(distinct([for page in var.web : page.host])) == length(var.web)
    error_message = "web: a page's host is a name in lower-case letters of its own, such as help.example.com."
  }
  validation {
    condition     = alltrue([for page in var.web : page.certificate_arn == null ? var.zone_id != null : startswith(page.certificate_arn, "arn:aws:acm:us-east-1:")])
    error_message = "web: where zone_id is not set, a page needs a certificate_arn; CloudFront takes certificates of us-east-1 alone."
  }
  validation {
    condition     = alltrue([for page in var.web : page.keys || var.sign_in.by != "none"])
    error_message = "web: whoever opens a page signs in, so say sign_in; or keys = true there, for trying."
  }
  validation {
    condition     = alltrue(flatten([for page in var.web : [for origin in page.connects : can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", origin))]]))
    error_message = "web: connects has origins, such as https://login.example.com."
  }
  validation {
    condition     = alltrue([for page in var.web : page.rum >= 0 && page.rum <= 1])
    error_message = "web: rum is from 0 to 1, such as 0.1."
  }
}

# ---- Database ----

variable "database" {
  description = <<-END
    The database: its class, storage in GB and up to how much it may grow, whether a second one stands by in another zone (doubles the price),
    how many days backups are kept, and how many connections it takes where the class is not one that is known here.
    With 20 GB db.t4g.micro costs 14 dollars a month in us-east-1, db.t4g.small 26, db.t4g.medium 50.
    backup_region is another region that backups are copied to, one for which the bootstrap made a key (backup_region there).
    apply_immediately = false has all changes wait for Sunday 04:30 UTC, more storage for a full disk too. A change of class restarts the
    database, for minutes, with multi_az for about one; nothing else does.
    restore_from_snapshot is what a new database begins with, such as shop-dev-final-0a1b2c3d; one that is there is left alone.
  END
  type = object({
    instance_class        = optional(string, "db.t4g.small")
    storage_gb            = optional(number, 20)
    storage_max_gb        = optional(number, 100)
    multi_az              = optional(bool, false)
    backup_days           = optional(number, 7)
    max_connections       = optional(number)
    backup_region         = optional(string)
    apply_immediately     = optional(bool, true)
    restore_from_snapshot = optional(string)
  })
  default = {}

  validation {
    condition     = startswith(var.database.instance_class, "db.")
    error_message = "database.instance_class looks like db.t4g.micro."
  }
  validation {
    condition     = var.database.storage_gb >= 20 && var.database.storage_max_gb >= var.database.storage_gb * 1.1
    error_message = "database.storage_gb is at least 20, and storage_max_gb at least a tenth more."
  }
  validation {
    condition     = var.database.backup_days >= 1 && var.database.backup_days <= 35
    error_message = "database.backup_days is from 1 to 35."
  }
  validation {
    condition     = var.database.backup_region == null ? true : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.database.backup_region)) && var.database.backup_region != var.region
    error_message = "database.backup_region is another region than region, such as us-west-2."
  }
}

variable "tables" {
  description = <<-END
    What services keep in a table of DynamoDB that they would have in the database (table in services.json; HISTORY): { support = {} }. What is in the
    one is not moved into the other. backup_days: how far back it can be restored to any second, 1 to 35; 0: not at all. name: its own, not set:
    PROJECT-ENVIRONMENT-SERVICE; one that was restored has another (docs/operate.md). Writing is 0.625 dollars a million units, keeping 0.25 a GB and
    month, backups 0.20; two alarms are 0.80 a month.
  END
  type = map(object({
    backup_days = optional(number, 35)
    name        = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for table in var.tables : table.backup_days >= 0 && table.backup_days <= 35 && floor(table.backup_days) == table.backup_days])
    error_message = "tables: backup_days is from 0 to 35."
  }
  validation {
    condition     = alltrue([for table in var.tables : table.name == null || can(regex("^${var.project}-${var.environment}-[a-zA-Z0-9_.-]{1,200}$", table.name))])
    error_message = "tables: a name begins with project and environment, such as shop-prod-support-restored: others the pipeline may not touch."
  }
}

variable "deletion_protection" {
  description = "Whether database, tables and load balancer are kept from being deleted, and the access logs from going with their bucket. To take an environment down: set it to false, apply, then destroy"
  type        = bool
  default     = true
}

# ---- Watching ----

variable "alarm_emails" {
  description = "Who is told of alarms and of the budget; each has to confirm a mail"
  type        = list(string)

  validation {
    condition     = length(var.alarm_emails) > 0 && alltrue([for address in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "alarm_emails names at least one address: alarms that nobody hears are none."
  }
}

variable "alarm_slack" {
  description = "A channel of Slack that is told too: { workspace_id = \"T…\", channel_id = \"C…\" }, once Amazon Q Developer in chat applications was let into the workspace (docs/operate.md)"
  type        = object({ workspace_id = string, channel_id = string })
  default     = null

  validation {
    condition     = var.alarm_slack == null ? true : can(regex("^T[A-Z0-9]{7,}$", var.alarm_slack.workspace_id)) && can(regex("^[CG][A-Z0-9]{7,}$", var.alarm_slack.channel_id))
    error_message = "alarm_slack.workspace_id begins with T, alarm_slack.channel_id with C or G; both are in the channel's link."
  }
}

variable "traces" {
  description = <<-END
    Where the services' traces go (docs/traces.md); without endpoint there are none.
    endpoint: a collector of OpenTelemetry over HTTP, such as https://otlp.example.com (OTEL_EXPORTER_OTLP_ENDPOINT). Tasks reach port 443 alone; not
    X-Ray itself, which wants each batch signed. part: of the traces that begin here, how many are recorded, 0 to 1. headers: true where it wants a
    key; it is a secret, so it has to be OTEL_EXPORTER_OTLP_HEADERS in the secret ENVIRONMENT/SERVICE/keys of each service, before a task can start.
    An alarm and a metric of lost spans are 40 cents a month and service.
  END
  type = object({
    endpoint = optional(string)
    part     = optional(number, 0.01)
    headers  = optional(bool, false)
  })
  default = {}

  validation {
    condition     = var.traces.endpoint == null ? !var.traces.headers : can(regex("^https://[a-z0-9.-]+(:443)?(/[^?#@\\s]*)?$", var.traces.endpoint))
    error_message = "traces.endpoint is an https URL of port 443, without a user, a query or a key: that goes into the secrets (traces.headers)."
  }
  validation {
    condition     = var.traces.part >= 0 && var.traces.part <= 1
    error_message = "traces.part is from 0 to 1, such as 0.01."
  }
  validation {
    condition     = var.traces.endpoint == null || var.private_access == "nat"
    error_message = "With private_access = \"endpoints\" the services reach nothing but AWS, and no collector: say nat."
  }
}

variable "cost_tag_active" {
  description = "Whether the tag environment is activated for costs, which AWS lets you do a day after the first deployment (docs/deploy.md): then the budget counts this environment alone and what is unlike the days before is told; until then it counts the whole account"
  type        = bool
  default     = false
}

variable "monthly_budget_usd" {
  description = "What the environment may cost a month in dollars; mails at 50, 80 and 100 percent, and when 100 are in sight (see cost_tag_active)"
  type        = number

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "monthly_budget_usd is over 0."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept; 0.50 dollars a GB when written, 0.03 a GB and month after"
  type        = number
  default     = 365

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827], var.log_retention_days)
    error_message = "log_retention_days is one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827."
  }
}
