"""Verifies PDFs with 10, 50 and 100 signatures with pyHanko, as a peer for the bench `many`: milliseconds of processor
time for a file, every signature with the analysis of what came after it.  Prints a JSON object for each.
"""
import io
import json
import logging
import subprocess
import tempfile
import time
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from pyhanko_speed import pdf

logging.disable(logging.CRITICAL)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder) / "key.pem", Path(folder) / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "30", "-subj", "/CN=bench", "-addext", "keyUsage=critical,digitalSignature,nonRepudiation"],
                       check=True, capture_output=True)
        signer = signers.SimpleSigner.load(str(key), str(certificate))
    trust = ValidationContext(trust_roots=[signer.signing_cert], allow_fetching=False)
    file = pdf(b"")
    for count in range(1, 101):
        writer = IncrementalPdfFileWriter(io.BytesIO(file))
        file = signers.sign_pdf(writer, signers.PdfSignatureMetadata(field_name=f"S{count}"), signer=signer).getvalue()
        if count in (10, 50, 100):
            start = time.process_time()
            reader = PdfFileReader(io.BytesIO(file))
            for signature in reader.embedded_signatures:
                assert validate_pdf_signature(signature, trust).intact
            taken_ms = round(1000 * (time.process_time() - start), 1)
            print(json.dumps({"signatures": count, "bytes": len(file), "verify_ms": taken_ms}), flush=True)


if __name__ == "__main__":
    main()
