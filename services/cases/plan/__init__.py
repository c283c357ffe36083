"""The support plan: SMART goals, the measures under them, and every version of both."""
