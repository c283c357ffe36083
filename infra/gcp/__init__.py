"""The Pulumi program: everything a municipality needs on Google Cloud, one file per concern."""
