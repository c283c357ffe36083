"""What runs where: one topology, built as an embedded runtime and as Google Cloud."""
