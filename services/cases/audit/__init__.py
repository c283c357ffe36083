"""The nightly audit: every chain holds, and every look was allowed when it happened."""
