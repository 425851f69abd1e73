#!/usr/bin/env python3
"""Seals a PDF or OFD and verifies it, with nothing but Python's own library (签一个文件，再验它).

    docs/seal-a-file.py DIR/demo.json contract.pdf sealed.pdf

Four calls: 3-1 generateDigest, 3-4 signDigestByServer, 3-5 composeSignature, 4-1 verifyFile; before them 1-1 getSealList
says which seals there are.  Every call is signed by `call` below: that is all a client has to know.
"""
import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
import urllib.error
import urllib.request

demo_json, source, target = sys.argv[1:4]
with open(demo_json, encoding="utf-8") as described:
    demo = json.load(described)
key = base64.b64decode(demo["hmacSm3Key"])


def call(path, content):
    """One signed call; gives `data`, or ends with the error's code, words and field."""
    body = json.dumps({"reqId": secrets.token_hex(16), "content": {"systemID": demo["systemID"], **content}}).encode()
    stamp, nonce = str(int(time.time() * 1000)), secrets.token_hex(16)
    digest = hashlib.new("sm3", body).hexdigest()
    text = "\n".join(["POST", path, "", demo["systemID"], stamp, nonce, digest])
    headers = {
        "Content-Type": "application/json",
        "X-Eseal-System-Id": demo["systemID"],
        "X-Eseal-Timestamp": stamp,
        "X-Eseal-Nonce": nonce,
        "X-Eseal-Algorithm": "HMAC-SM3",
        "X-Eseal-Content-SM3": digest,
        "X-Eseal-Signature": base64.b64encode(hmac.new(key, text.encode(), "sm3").digest()).decode(),
    }
    try:
        reply = urllib.request.urlopen(urllib.request.Request(demo["baseUrl"] + path, body, headers))
    except urllib.error.HTTPError as refused:
        reply = refused  # an envelope too
    with reply:
        answer = json.load(reply)
    if answer["code"] != 200:
        sys.exit(f"{path}: {answer['code']} {answer['msg']} {json.dumps(answer.get('data'), ensure_ascii=False)}")
    return answer["data"]


# Who seals: the demo's business, which has granted this system the use of its seals.
business = next(row for row in demo["organizations"] if row["kind"] == "business")
holder = {"organizationCode": business["organizationCode"], "grantCode": business["grantCode"], "scene": "S02"}

seals = call("/api/v1/basic/getSealList", holder)["sealList"]
for seal in seals:
    print(f"{seal['sealCode']}  {seal['sealName']}  {seal['carrier']}  {seal['width']}×{seal['height']} mm")
seal = next(seal for seal in seals if seal["carrier"] == "server")

# 20 mm from the left and from the bottom of the last page.
rule = {"ruleType": "RECTANGLE", "version": "1.0", "rectangleRule": {"page": "-1", "left": 20, "bottom": 20}}
with open(source, "rb") as plain:
    file = {"fileB64": base64.b64encode(plain.read()).decode(), "fileType": source.rsplit(".", 1)[-1].upper()}
entry = {"sealCode": seal["sealCode"], "file": file, "rules": [rule]}
digest = call("/api/v1/sign/generateDigest", {**holder, "sealDataList": [entry]})["fileHashList"][0]

to_sign = [{"fileUniqueId": digest["fileUniqueId"], "data": digest["fileHash"]}]
value = call("/api/v1/sign/signDigestByServer", {**holder, "algo": digest["algo"], "sealDataList": to_sign})["signValueList"][0]

signed = [{"fileUniqueId": value["fileUniqueId"], "signValue": value["signValue"], "cert": value["cert"]}]
sealed = call("/api/v1/sign/composeSignature", {**holder, "sealDataList": signed})["fileList"][0]
with open(target, "wb") as out:
    out.write(base64.b64decode(sealed["fileB64"]))
print(f"{target}  SM3 {sealed['sm3']}")

with open(target, "rb") as written:
    file["fileB64"] = base64.b64encode(written.read()).decode()
report = call("/api/v1/verify/verifyFile", {"file": file, "level": "simple"})
print(f"{report['conclusion']}  {report['summary']}")
sys.exit(0 if report["conclusion"] == "VALID" else 1)
