"""Serve one bare function as the embedded runtime serves ours: the same server, the same threads."""

import logging
import sys

import functions_framework
import waitress

from infra.local.settings import RuntimeSettings

if __name__ == "__main__":
    target, port = sys.argv[1:]
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    application = functions_framework.create_app(target, "tests/performance/bare/main.py")
    waitress.serve(application, host="127.0.0.1", port=int(port), threads=RuntimeSettings.read().threads, _quiet=True)
