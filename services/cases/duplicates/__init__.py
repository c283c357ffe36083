"""Cases that may be of one and the same client, found and shown."""
