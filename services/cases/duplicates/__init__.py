"""Cases that may be of one and the same client: found, merged, and taken apart again."""
