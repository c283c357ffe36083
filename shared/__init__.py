"""What all functions share: events, codes, store, bus, people, identity, HTTP. Knows no service."""
