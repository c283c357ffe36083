"""Notifications: what happened becomes a harmless message, at the right time and in the reader's language."""
