#!/bin/sh
# rds-roots.sh - prints what rds-roots.pem is: the certificates by which a database of RDS shows who it is, out of AWS's list of all of them.
#
#     docker/image/rds-roots.sh [BUNDLE] >docker/image/rds-roots.pem
#
# BUNDLE is that list as a file; without one it is fetched. Of each region the root of rds-ca-rsa2048-g1, which
# terraform/modules/database asks for. They are good until 2061; a new region is why to make the file anew. Needs openssl.
set -eu
export LC_ALL=C

source=https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

case ${1:-} in
-h | --help)
	sed -n '2,7s/^# \{0,1\}//p' "$0"
	exit
	;;
'') curl --fail --silent --show-error --proto '=https' --output "$folder/bundle" "$source" ;;
*) cp "$1" "$folder/bundle" ;;
esac

awk -v folder="$folder" '/^-----BEGIN CERT/ { n++; in_one = 1 } in_one { print > (folder "/" n ".pem") } /^-----END CERT/ { in_one = 0 }' "$folder/bundle"
for file in "$folder"/*.pem; do
	region=$(openssl x509 -in "$file" -noout -subject -nameopt multiline |
		sed -n 's/.*commonName *= Amazon RDS \([a-z]*-[a-z]*-[0-9]\) Root CA RSA2048 G1$/\1/p')
	# Signed by itself, and that by whom it says.
	if [ -n "$region" ] && openssl verify -no-CApath -no-CAstore -CAfile "$file" "$file" >/dev/null; then
		{
			echo "# $region"
			openssl x509 -in "$file"
		} >"$folder/$region.root"
	fi
done

echo "# The roots of RDS, made by rds-roots.sh from $source with the SHA-256"
echo "# $(sha256sum "$folder/bundle" | cut -d ' ' -f 1)"
cat "$folder"/*.root
