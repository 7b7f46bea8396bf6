# Names inside the network, for services that call one another.
resource "aws_service_discovery_private_dns_namespace" "main" {
  name        = "${var.name}.internal"
  description = "Services of ${var.name}, for one another"
  vpc         = aws_vpc.main.id
}
