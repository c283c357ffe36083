"""A case that is not hers, opened in an emergency: with a ground and a reason, for an hour, told at once, reviewed."""
