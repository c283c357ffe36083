"""Whom the programme means by a client: suggested with reasons, and confirmed, named or ruled out by a person."""
