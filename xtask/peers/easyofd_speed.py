"""Converts an OFD to PDF with easyofd, as a peer for `cargo xtask bench`: documents a second of processor time.

usage: easyofd_speed.py FILE.ofd; prints one JSON object: {"ofd_to_pdf", "version"}.
"""
import base64
import contextlib
import io
import importlib.metadata
import json
import sys
import time
from pathlib import Path

from loguru import logger

logger.remove()  # it tells of each font of other systems that is not here
from easyofd.ofd import OFD  # noqa: E402


def convert(text: str) -> bytes:
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it reads
        document = OFD()
        document.read(text, fmt="b64")
        made = document.to_pdf()
        document.del_data()
    return made


def main() -> None:
    text = base64.b64encode(Path(sys.argv[1]).read_bytes()).decode()
    made = convert(text)
    if not made.startswith(b"%PDF-"):
        sys.exit("no PDF came out")
    count, start = 0, time.process_time()
    while time.process_time() - start < 2:
        convert(text)
        count += 1
    rate = count / (time.process_time() - start)
    print(json.dumps({"ofd_to_pdf": rate, "version": importlib.metadata.version("easyofd")}))


if __name__ == "__main__":
    main()
