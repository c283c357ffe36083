"""Who lives with the client: how they are related and how old; who they are lies sealed under her key."""
