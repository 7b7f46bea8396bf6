# What the services and the dashboard need of the load balancer.
output "arn_suffix" {
  description = "How metrics name it"
  value       = aws_lb.main.arn_suffix
}

output "listener_arn" {
  description = "The HTTPS listener, for the services' rules"
  value       = aws_lb_listener.https.arn
}

output "firewall" {
  description = "How metrics name the firewall"
  value       = aws_wafv2_web_acl.main.name
}

output "logs_bucket_arn" {
  description = "The bucket with the access logs, for those of pages too"
  value       = aws_s3_bucket.logs.arn

  depends_on = [aws_s3_bucket_policy.logs]
}

output "subnet_ids" {
  description = "Where it stands"
  value       = aws_lb.main.subnets
}

output "visitors" {
  description = "The set of addresses that a pipeline adds itself to while it tries what it deployed"
  value = {
    name  = aws_wafv2_ip_set.visitors.name
    id    = aws_wafv2_ip_set.visitors.id
    scope = aws_wafv2_ip_set.visitors.scope
  }
}
