# A guardrail of Bedrock's for a shop's conversations: what a customer writes and what a model answers goes through it. What it does is said
# once more by what it is for: an angry customer is to be answered, whoever tries to turn the model round is not.
locals {
  # Of what kind, how strictly in what goes in and in what comes out.
  filters = {
    PROMPT_ATTACK = { input = "HIGH", output = "NONE" } # nothing else is taken for what comes out
    HATE          = { input = "MEDIUM", output = "HIGH" }
    INSULTS       = { input = "NONE", output = "HIGH" } # customers may be angry, models may not
    MISCONDUCT    = { input = "MEDIUM", output = "HIGH" }
    SEXUAL        = { input = "MEDIUM", output = "HIGH" }
    VIOLENCE      = { input = "LOW", output = "HIGH" } # knives are sold
  }

  # Masked, both ways: no answer needs them, since who it is has signed in. Names and addresses stay: parcels go there.
  masked = [
    "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "CREDIT_DEBIT_CARD_CVV", "CREDIT_DEBIT_CARD_EXPIRY", "CREDIT_DEBIT_CARD_NUMBER", "EMAIL",
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "PASSWORD", "PHONE", "PIN", "SWIFT_CODE", "US_SOCIAL_SECURITY_NUMBER",
  ]
}

resource "aws_bedrock_guardrail" "main" {
  name                      = var.name
  description               = "What models are asked and say in ${var.name}"
  blocked_input_messaging   = var.said
  blocked_outputs_messaging = var.said

  content_policy_config {
    dynamic "filters_config" {
      for_each = local.filters

      content {
        type            = filters_config.key
        input_strength  = filters_config.value.input
        output_strength = filters_config.value.output
      }
    }
  }

  sensitive_information_policy_config {
    dynamic "pii_entities_config" {
      for_each = local.masked

      content {
        type   = pii_entities_config.value
        action = "ANONYMIZE"
      }
    }
  }

  dynamic "topic_policy_config" {
    for_each = length(var.denied) > 0 ? [var.denied] : []

    content {
      dynamic "topics_config" {
        for_each = topic_policy_config.value

        content {
          name       = topics_config.key
          definition = topics_config.value
          type       = "DENY"
        }
      }
    }
  }
}

# What serves is a version, which stays as it is. A change makes the next one; the one before stays for tasks that still ask for it.
resource "aws_bedrock_guardrail_version" "main" {
  guardrail_arn = aws_bedrock_guardrail.main.guardrail_arn
  description   = substr(sha256(jsonencode([local.filters, local.masked, var.denied, var.said])), 0, 16)
  skip_destroy  = true
}

output "guardrail" {
  description = "Its id and version, as models are asked behind it"
  value       = { id = aws_bedrock_guardrail.main.guardrail_id, version = aws_bedrock_guardrail_version.main.version }
}

output "described" {
  description = "What stands for all that it does: another where it changes, and so another version"
  value       = aws_bedrock_guardrail_version.main.description
}
