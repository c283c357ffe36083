"""What commands and filters may name: organisations, staff, places, districts, languages, and codes with labels."""
