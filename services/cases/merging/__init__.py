"""Two cases of one person: the one ends and points to the other, which goes on; and back, if it was an error."""
