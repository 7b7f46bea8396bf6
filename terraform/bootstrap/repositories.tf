# A repository for each service's images, shared by the environments: what was tried in dev is, by its digest, what runs in prod.
module "services" {
  source = "../modules/services"
  listed = jsondecode(file("${path.module}/../../services.json"))
}

resource "aws_ecr_repository" "service" {
  # checkov:skip=CKV_AWS_136:AES256: an image holds no secret and is the same for everybody who may pull; a key of our own would cost a dollar a month and a right to decrypt in every role
  for_each = module.services.all

  name                 = "${var.project}/${each.key}"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

resource "aws_ecr_lifecycle_policy" "service" {
  for_each   = aws_ecr_repository.service
  repository = each.value.name

  # An image for two architectures is an index and two images without a tag, which the index protects from the first rule.
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "What no tag and no index names goes after a week"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "The newest are kept"
        selection    = { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = var.images_kept }
        action       = { type = "expire" }
      },
    ]
  })
}
