"""What is true of a case and what may change: pure. A change is (case, command, at) to (new case, event)."""
