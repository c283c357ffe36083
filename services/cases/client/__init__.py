"""Who the client is and how to reach her: master data and contact, kept right."""
