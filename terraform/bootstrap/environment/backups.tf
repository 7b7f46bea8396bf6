# The environment's key in the region that its backups are copied to: without one that is there, nothing can be read there when this region
# is gone.
resource "aws_kms_key" "backups" {
  count = var.backup_region == null ? 0 : 1

  region                  = var.backup_region
  description             = "${local.prefix}: copies of its backups and secrets"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = { environment = var.name }

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for statement in jsondecode(aws_kms_key.main.policy).Statement : statement if statement.Sid == "WhoeverTheAccountLets"]
  })
}

resource "aws_kms_alias" "backups" {
  count = var.backup_region == null ? 0 : 1

  region        = var.backup_region
  name          = "alias/${local.prefix}"
  target_key_id = aws_kms_key.backups[0].key_id
}
