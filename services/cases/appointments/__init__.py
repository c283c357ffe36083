"""Appointments with clients: made, moved, cancelled, kept or missed. Whoever listens tells the client."""
