"""What reporting counts and what it may show. Pure: no database, no clock."""
