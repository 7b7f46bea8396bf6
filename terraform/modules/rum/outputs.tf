# What the page is told.
output "config" {
  description = "For its config.json: rum"
  value = {
    monitor  = aws_rum_app_monitor.main.app_monitor_id
    pool     = aws_cognito_identity_pool.guests.id
    part     = var.part
    endpoint = "https://dataplane.rum.${var.region}.amazonaws.com"
    identity = "https://cognito-identity.${var.region}.amazonaws.com"
  }

  # A guest without the role can tell nothing.
  depends_on = [aws_cognito_identity_pool_roles_attachment.guests, aws_iam_role_policy.guest]
}
