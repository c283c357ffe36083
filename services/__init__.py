"""The four services. They never import each other: each tells what happened, and listens."""
