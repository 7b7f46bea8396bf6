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

  # What has no tag is part of an image that has one: those of both architectures with how each was made (an index keeps them, whatever a
  # rule says), and the signature. The signature refers to the image, not the image to it, and no documentation says that a rule spares
  # what refers; only that it goes with its image. So this rule counts: of the images that are kept none can lose what belongs to it.
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "What has no tag goes when it is older than everything that belongs to the images kept"
        selection    = { tagStatus = "untagged", countType = "imageCountMoreThan", countNumber = 10 * var.images_kept } # 5 an image
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
