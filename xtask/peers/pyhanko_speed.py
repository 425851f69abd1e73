"""Seals and verifies PDFs with pyHanko, as a peer for `cargo xtask bench`: files a second of processor time.

The signer is an RSA key of 2048 bits with a self-signed certificate made here; sizes as in `eseal bench seal`.
Prints one JSON object: {"seal_pdf_100k", "seal_pdf_10m", "verify_pdf_100k", "verify_pdf_10m"}.
"""
import datetime
import io
import json
import logging
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)


def pdf(payload: bytes) -> bytes:
    """One A4 page and a stream that is not drawn."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]/Resources<<>>>>",
               b"<</Length %d>>\nstream\n%s\nendstream" % (len(payload), payload)]
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, value in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out) + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, len(out))


def per_second(work) -> float:
    """Rate of processor time over at least one second."""
    work()
    start, rounds = time.process_time(), 0
    while time.process_time() - start < 1:
        work()
        rounds += 1
    return rounds / (time.process_time() - start)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "key.pem", Path(folder) / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "30", "-subj", "/CN=bench", "-addext", "keyUsage=critical,digitalSignature,nonRepudiation"],
                       check=True, capture_output=True)
        signer = signers.SimpleSigner.load(str(key), str(certificate))
    trust = ValidationContext(trust_roots=[signer.signing_cert], allow_fetching=False)
    found = {}
    for name, size in (("pdf_100k", 99_000), ("pdf_10m", 10_000_000)):
        source = pdf(random.Random(1).randbytes(size))

        def seal() -> bytes:
            writer = IncrementalPdfFileWriter(io.BytesIO(source))
            meta = signers.PdfSignatureMetadata(field_name="Seal")
            return signers.sign_pdf(writer, meta, signer=signer).getvalue()
        sealed = seal()

        def verify() -> None:
            status = validate_pdf_signature(PdfFileReader(io.BytesIO(sealed)).embedded_signatures[0], trust)
            if not status.intact or not status.valid:
                sys.exit("pyHanko does not verify its own signature")
        found["seal_" + name], found["verify_" + name] = per_second(seal), per_second(verify)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
