"""Intake: the public entrance. A form on a phone becomes a submission; nothing else happens here."""
