"""Serve one bare function as the embedded runtime serves ours: the same server, with as many threads and processes."""

import os
import sys
import threading

import functions_framework

from infra.local.server import listen, serve
from infra.local.settings import RuntimeSettings

if __name__ == "__main__":
    target, port = sys.argv[1:]
    options = RuntimeSettings.read()
    bound = listen("127.0.0.1", int(port))
    for _ in range(1, options.servers):
        if os.fork() == 0:
            break
    application = functions_framework.create_app(target, "tests/performance/bare/main.py")
    serve(application, bound, options.threads, threading.Event(), 1.0)
