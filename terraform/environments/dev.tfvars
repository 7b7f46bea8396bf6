# dev, as an example: small, cheap, asleep at night and on weekends, easily taken down. Put in your own where it says "yours".
environment = "dev"
region      = "us-east-1"

domain  = "dev.example.com"       # yours: products.dev.example.com, orders.dev.example.com
zone_id = "Z0123456789ABCDEFGHIJ" # yours: the Route 53 zone of domain

allowed_addresses = [
  "203.0.113.7/32",  # yours: where you work
  "160.79.104.0/21", # Anthropic: Claude's connectors call from there
]

# sign_in = { by = "cognito", scopes = ["products:read"] } # people sign in, beside callers with a key: docs/sign-in.md
# web     = { support = { host = "help.dev.example.com", rum = 1 } } # yours: the page for browsers, docs/deploy.md

private_access = "nat" # import takes any https URL

# models = { ask = ["bedrock:us.amazon.nova-2-lite-v1:0", "openai:gpt-4o-mini"] } # language models answer customers: docs/deploy.md

# tables = { support = {} } # conversations in DynamoDB: docs/deploy.md

every_service = { minimum = 1, maximum = 2, database_connections = 2 } # db.t4g.micro has room for four services so

schedule = {
  timezone = "Europe/Berlin"
  sleep    = "cron(0 20 ? * MON-FRI *)"
  wake     = "cron(0 7 ? * MON-FRI *)"
}

database = {
  instance_class = "db.t4g.micro"
  storage_gb     = 20
  backup_days    = 3
}

deletion_protection = false

alarm_emails       = ["dev@example.com"] # yours
monthly_budget_usd = 150
log_retention_days = 30
