# A channel of Slack, through Amazon Q Developer in chat applications (AWS Chatbot). The workspace is let in once, by hand, in its console.
resource "aws_chatbot_slack_channel_configuration" "alarms" {
  count = var.slack == null ? 0 : 1

  region             = "us-east-2" # it is one for the whole account, and has no address in most regions
  configuration_name = "${var.name}-alarms"
  slack_team_id      = var.slack.workspace_id
  slack_channel_id   = var.slack.channel_id
  sns_topic_arns     = [aws_sns_topic.alarms.arn]
  iam_role_arn       = aws_iam_role.slack[0].arn

  # The most that somebody could do from the channel with a role of their own; not said, it is AdministratorAccess.
  guardrail_policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}

# It must have a role. Telling needs no right, so there is nothing in it.
resource "aws_iam_role" "slack" {
  count = var.slack == null ? 0 : 1

  name                 = "${var.name}-slack"
  path                 = "/${var.name}/"
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "chatbot.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }]
  })
}
