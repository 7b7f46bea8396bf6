# prod, as an example: two of everything that can fail, nothing that a mistake can delete, no way out of the private subnets but to AWS.
environment = "prod"
region      = "us-east-1"

domain  = "example.com"           # yours: products.example.com, orders.example.com
zone_id = "Z0123456789ABCDEFGHIJ" # yours: the Route 53 zone of domain

allowed_addresses = [
  "198.51.100.0/28", # yours: the office
  "160.79.104.0/21", # Anthropic: Claude's connectors call from there
]

zones          = 3
private_access = "endpoints" # import takes a presigned URL of S3
endpoint_zones = 2

# models = { ask = ["bedrock:us.amazon.nova-2-lite-v1:0"], guardrail = {} } # docs/deploy.md

# tables = { support = {} } # conversations in DynamoDB: docs/deploy.md

every_service = { cpu = 512, memory = 1024, minimum = 2, maximum = 8 }

deployment = { strategy = "BLUE_GREEN", bake_minutes = 10 } # what is new is tried before anybody gets it, and turned back at once

database = {
  instance_class = "db.t4g.medium"
  storage_gb     = 50
  storage_max_gb = 500
  multi_az       = true
  backup_days    = 14
}

deletion_protection = true

alarm_emails       = ["operations@example.com"] # yours
monthly_budget_usd = 500
log_retention_days = 365
