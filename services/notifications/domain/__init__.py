"""What is true of messages and what may change: pure, without clock, network or database."""
