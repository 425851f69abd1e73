# Talks to one LibreOffice on behalf of the supervisor: frames of four bytes of length and JSON, on the standard input
# and output.  When the input ends, the whole process group ends: nobody is left to ask for anything.
import json
import os
import queue
import signal
import struct
import sys
import threading
import time

import uno
from com.sun.star.beans import PropertyValue

OUT = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)  # what a library prints is no frame
MOST = 1 << 20


def send(**answer):
    text = json.dumps(answer).encode()
    OUT.write(struct.pack(">I", len(text)) + text)
    OUT.flush()


def read(stream, count):
    data = stream.read(count)
    if len(data) != count:
        os.killpg(os.getpgrp(), signal.SIGKILL)
    return data


def receive(jobs):
    stream = os.fdopen(os.dup(0), "rb")
    while True:
        (count,) = struct.unpack(">I", read(stream, 4))
        if count > MOST:
            os.killpg(os.getpgrp(), signal.SIGKILL)
        jobs.put(json.loads(read(stream, count)))


def properties(**values):
    made = []
    for name, value in values.items():
        item = PropertyValue()
        item.Name, item.Value = name, value
        made.append(item)
    return tuple(made)


def connect(pipe, seconds):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + seconds
    while True:
        try:
            context = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def load(desktop, job):
    # Nobody is there to answer questions: without a handler LibreOffice takes the careful answer or fails.
    return desktop.loadComponentFromURL(
        uno.systemPathToFileUrl(job["input"]), "_blank", 0,
        properties(Hidden=True, ReadOnly=True, FilterName=job["filter"], MacroExecutionMode=0, UpdateDocMode=0))


def convert(desktop, job):
    try:
        document = load(desktop, job)
    except Exception as error:
        return send(state="refused", problem=type(error).__name__)
    if document is None:
        return send(state="refused", problem="it cannot be loaded")
    try:
        send(state="loaded")
        if job.get("title") and not document.DocumentProperties.Title:
            document.DocumentProperties.Title = job["title"]
        data = uno.Any("[]com.sun.star.beans.PropertyValue", properties(**job["data"]))
        document.storeToURL(
            uno.systemPathToFileUrl(job["output"]), properties(FilterName=job["export"], FilterData=data))
        send(state="done")
    except Exception as error:
        send(state="failed", problem=type(error).__name__)
    finally:
        try:
            document.close(True)
        except Exception:
            os._exit(4)  # a document that does not close would be there in the next job


def main():
    jobs = queue.Queue()
    threading.Thread(target=receive, args=(jobs,), daemon=True).start()
    pipe, seconds = sys.argv[1], float(sys.argv[2])
    desktop = connect(pipe, seconds)
    send(state="ready")
    asleep = float(os.environ.get("ESEAL_OFFICE_TEST_SLEEP", "0"))
    while True:
        job = jobs.get()
        time.sleep(asleep)
        convert(desktop, job)


main()
