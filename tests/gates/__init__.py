"""Gates: short tests of what must hold everywhere, whatever is built next."""
