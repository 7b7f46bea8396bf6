# A guardrail that is made: what it keeps out, what it masks, and which version serves.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name   = "shop-test"
  denied = { "Legal advice" = "Whether somebody is right in a quarrel, and what the law says." }
  said   = "Not here."
}

run "guardrail" {
  module {
    source = "./modules/guardrail"
  }

  assert {
    condition = { for filter in one(aws_bedrock_guardrail.main.content_policy_config).filters_config : filter.type => "${filter.input_strength} ${filter.output_strength}" } == {
      PROMPT_ATTACK = "HIGH NONE", HATE = "MEDIUM HIGH", INSULTS = "NONE HIGH", MISCONDUCT = "MEDIUM HIGH", SEXUAL = "MEDIUM HIGH", VIOLENCE = "LOW HIGH"
    }
    error_message = "Who turns the model round is kept out, an angry customer is not, and a model says nothing of the kind."
  }
  assert {
    condition = (
      alltrue([for each in one(aws_bedrock_guardrail.main.sensitive_information_policy_config).pii_entities_config : each.action == "ANONYMIZE"]) &&
      length(setintersection([for each in one(aws_bedrock_guardrail.main.sensitive_information_policy_config).pii_entities_config : each.type], ["NAME", "ADDRESS"])) == 0 &&
      length(setintersection([for each in one(aws_bedrock_guardrail.main.sensitive_information_policy_config).pii_entities_config : each.type], ["CREDIT_DEBIT_CARD_NUMBER", "EMAIL", "PASSWORD"])) == 3
    )
    error_message = "Cards, passwords and addresses of mail are masked, names are not."
  }
  assert {
    condition     = [for topic in one(aws_bedrock_guardrail.main.topic_policy_config).topics_config : "${topic.type} ${topic.name}: ${topic.definition}"] == ["DENY Legal advice: Whether somebody is right in a quarrel, and what the law says."]
    error_message = "What is not to be talked about is not."
  }
  assert {
    condition     = aws_bedrock_guardrail.main.blocked_input_messaging == "Not here." && aws_bedrock_guardrail.main.blocked_outputs_messaging == "Not here."
    error_message = "In place of it that is said which was asked for."
  }
  assert {
    condition     = output.guardrail == { id = "mock12345678", version = "1" } && aws_bedrock_guardrail_version.main.guardrail_arn == aws_bedrock_guardrail.main.guardrail_arn && aws_bedrock_guardrail_version.main.skip_destroy
    error_message = "A version serves, no draft, and one that served stays."
  }
}

run "guardrail_without_topics" {
  variables {
    denied = {}
  }

  module {
    source = "./modules/guardrail"
  }

  assert {
    condition     = length(aws_bedrock_guardrail.main.topic_policy_config) == 0 && aws_bedrock_guardrail_version.main.description != run.guardrail.described
    error_message = "Without topics there are none; and what changes makes another version."
  }
}
