# The services' secrets: made empty, so that no value is ever in a state, and here, so that no pipeline can read or change them.
# `terraform/secrets` fills them; the tasks get them by reference, each value by its JSON key.
locals {
  keys = { for service, at in var.services : service => concat(["API_KEYS", "STATE_KEYS"], [for called in at.calls : "${upper(called)}_KEY"]) }
}

resource "aws_secretsmanager_secret" "keys" {
  # checkov:skip=CKV2_AWS_57:Keys are handed to people and rotated with an overlap by the operator: both fields are lists, old and new hold side by side
  for_each = var.services

  name                    = "${local.prefix}/${each.key}/keys"
  description             = "JSON with ${join(", ", local.keys[each.key])}${each.value.models ? ", and OPENAI_KEY where it asks OpenAI" : ""}. Put in by terraform/secrets ${var.name}; lines for API_KEYS are made by mcp-${each.key} key"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = 30

  dynamic "replica" {
    for_each = aws_kms_key.backups

    content {
      region     = replica.value.region
      kms_key_id = replica.value.arn
    }
  }

  tags = { environment = var.name }
}

resource "aws_secretsmanager_secret" "database" {
  # checkov:skip=CKV2_AWS_57:A rotation takes the setup task and a deployment after it; docs/operate.md says how
  for_each = local.databases

  name                    = "${local.prefix}/${each.key}/database"
  description             = "JSON with username and password of ${each.key} in its database. Put in by terraform/secrets ${var.name}; the setup task makes the user with it"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = 30

  dynamic "replica" {
    for_each = aws_kms_key.backups

    content {
      region     = replica.value.region
      kms_key_id = replica.value.arn
    }
  }

  tags = { environment = var.name }
}
