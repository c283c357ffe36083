"""The cases as a whole: which there are, and what staff add to them."""
