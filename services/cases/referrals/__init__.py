"""Referrals: linking clients to offers and offices, and what those answer."""
