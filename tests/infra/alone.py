"""Runs in a process of its own: calls one function from its bundle, with no package but those it requires.

    python -I alone.py FOLDER FUNCTION SIGNATURE METHOD PATH BODY

Standard input: modules that are installed here and would not be there, a line each. Standard output: what it saw.
"""

import json
import sys

folder, name, signature, method, path, body = sys.argv[1:]
missing = set(sys.stdin.read().split())


class OnlyWhatIsRequired:
    """Hides the other packages of this machine, as if they were not installed."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in missing:
            raise ModuleNotFoundError(f"No module named {name!r}: no requirement brings it", name=name)


sys.meta_path.insert(0, OnlyWhatIsRequired)
sys.path.insert(0, folder)

from functions_framework import create_app  # noqa: E402 - what is missing is hidden first

client = create_app(name, f"{folder}/main.py", signature).test_client()
given = {"data": body, "content_type": "application/json"} if body else {}
answer = client.open(path, method=method, **given)

ours = {name: module.__file__ for name, module in sys.modules.items() if name.startswith(("services.", "shared"))}
print(json.dumps({"status": answer.status_code, "ours": ours}))
