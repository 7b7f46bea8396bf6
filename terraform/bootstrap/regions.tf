# What another region has of this one, for the environments that name one (backup_region): images here, key and secrets in environment/.
locals {
  backup_regions = toset([for environment in var.environments : environment.backup_region if environment.backup_region != null])
}

resource "aws_ecr_replication_configuration" "images" {
  count = length(local.backup_regions) == 0 ? 0 : 1

  replication_configuration {
    rule {
      dynamic "destination" {
        for_each = local.backup_regions

        content {
          region      = destination.value
          registry_id = local.account
        }
      }

      repository_filter {
        filter      = "${var.project}/"
        filter_type = "PREFIX_MATCH"
      }
    }
  }

  depends_on = [aws_ecr_repository_creation_template.images]
}

# The copies' repositories are made by the replication; without this their tags could be moved.
resource "aws_ecr_repository_creation_template" "images" {
  for_each = local.backup_regions

  region               = each.key
  prefix               = var.project
  description          = "Copies of the images"
  applied_for          = ["REPLICATION"]
  image_tag_mutability = "IMMUTABLE"

  encryption_configuration {
    encryption_type = "AES256"
  }
}
