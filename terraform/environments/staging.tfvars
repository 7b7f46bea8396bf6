# staging, as an example: built as prod is, one of everything, easily taken down. What passes here is what prod is offered.
environment = "staging"
region      = "us-east-1"

domain  = "staging.example.com"   # yours: products.staging.example.com, orders.staging.example.com
zone_id = "Z0123456789ABCDEFGHIJ" # yours: the Route 53 zone of domain

allowed_addresses = [
  "203.0.113.7/32",  # yours: where you work
  "160.79.104.0/21", # Anthropic: Claude's connectors call from there
]

private_access = "endpoints" # as prod: import takes a presigned URL of S3

# models = { ask = ["bedrock:us.amazon.nova-2-lite-v1:0"] } # language models answer customers: docs/deploy.md

# tables = { support = {} } # conversations in DynamoDB: docs/deploy.md

every_service = { minimum = 1, maximum = 2, database_connections = 2 } # db.t4g.micro has room for four services so

database = {
  instance_class = "db.t4g.micro"
  storage_gb     = 20
  backup_days    = 3
}

deletion_protection = false

alarm_emails       = ["operations@example.com"] # yours
monthly_budget_usd = 240
log_retention_days = 30
