"""Case conferences: organisations speak about a case, as far as the client released them to."""
