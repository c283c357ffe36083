"""Cases that begin anew, or go to another organisation."""
