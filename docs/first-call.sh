#!/usr/bin/env bash
# A first call: lists the usable seals of the demo's business entity (1-1 getSealList).
#
#     docs/first-call.sh DIR/demo.json
#
# Needs curl, openssl (with SM3) and python3 (to read JSON).
set -euo pipefail
demo=${1:?"usage: first-call.sh DIR/demo.json"}
field() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(eval("d"+sys.argv[2]))' "$demo" "$1"; }

base=$(field '["baseUrl"]')
system=$(field '["systemID"]')
key=$(field '["hmacSm3Key"]' | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
path=/api/v1/basic/getSealList
body=$(printf '{"reqId":"first-%s","content":{"systemID":"%s","organizationCode":"%s","grantCode":"%s","scene":"S02"}}' \
    "$(openssl rand -hex 4)" "$system" "$(field '["organizations"][0]["organizationCode"]')" "$(field '["organizations"][0]["grantCode"]')")

timestamp=$(date +%s)000
nonce=$(openssl rand -hex 16)
digest=$(printf '%s' "$body" | openssl dgst -sm3 -r | cut -d' ' -f1)
text=$(printf 'POST\n%s\n\n%s\n%s\n%s\n%s' "$path" "$system" "$timestamp" "$nonce" "$digest")
signature=$(printf '%s' "$text" | openssl dgst -sm3 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)

curl -sS "$base$path" -H 'Content-Type: application/json' \
    -H "X-Eseal-System-Id: $system" -H "X-Eseal-Timestamp: $timestamp" -H "X-Eseal-Nonce: $nonce" \
    -H 'X-Eseal-Algorithm: HMAC-SM3' -H "X-Eseal-Signature: $signature" -d "$body"
echo
