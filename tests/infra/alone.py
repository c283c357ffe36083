"""Runs in a process of its own: calls one function from its bundle, with no package but those it requires.

    python -I alone.py FOLDER FUNCTION SIGNATURE

Standard input: JSON with `calls`, each a method, a path and a body, and `missing`, the modules that are installed
here and would not be there. Standard output: JSON with the statuses and the files of our modules.
"""

import json
import sys

folder, name, signature = sys.argv[1:]
given = json.load(sys.stdin)
missing = set(given["missing"])


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
statuses = [
    client.open(path, method=method, **({} if body is None else {"json": body})).status_code
    for method, path, body in given["calls"]
]

ours = {name: module.__file__ for name, module in sys.modules.items() if name.startswith(("services.", "shared"))}
print(json.dumps({"statuses": statuses, "ours": ours}))
