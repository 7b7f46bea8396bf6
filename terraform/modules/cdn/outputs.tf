# What the pipeline and the operator need of the page.
output "bucket" {
  description = "Where its files are put"
  value       = aws_s3_bucket.main.bucket
}

output "domain_name" {
  description = "CloudFront's own name for it, which the host leads to"
  value       = aws_cloudfront_distribution.main.domain_name
}

output "config" {
  description = "What the page is told"
  value       = var.config
}

output "connects" {
  description = "Whom it may ask beside its own name"
  value       = var.connects
}
