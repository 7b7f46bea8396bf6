# An environment from its own file, whole: terraform test -test-directory=tests/environments -var-file=environments/NAME.tfvars.
# `tests/invariants.py` looks at everything that comes of it.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  # Its names are those of the list, and mocks can't follow one: balancer.tftest.hcl makes a certificate.
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/given"

  images = { for name in keys(jsondecode(file("../services.json"))) : name => "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/${name}@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
}

run "environment" {
  assert {
    condition     = output.database.connections + 15 <= output.database.max_connections
    error_message = "The database takes the connections of a deployment of everything at once."
  }
}
