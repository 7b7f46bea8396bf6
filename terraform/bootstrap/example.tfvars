# An example: copy to terraform.tfvars and put in your own.
region = "us-east-1"

# gh api 'repos/{owner}/{repo}' gives both numbers: owner.id and id.
github = {
  owner         = "example"
  owner_id      = 12345678
  repository    = "shop-mcp"
  repository_id = 123456789
}

environments = {
  dev     = { zone_ids = ["Z0123456789ABCDEFGHIJ"] }
  staging = { zone_ids = ["Z0123456789ABCDEFGHIJ"] }
  prod    = { zone_ids = ["Z0123456789ABCDEFGHIJ"] }
}
