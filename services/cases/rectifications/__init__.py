"""What a client disputes (Art. 16 GDPR): a marker at the datum, with her own words, until it is settled."""
