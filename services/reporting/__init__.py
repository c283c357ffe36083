"""Reporting: what happened becomes a fact, facts become figures, and no small figure is shown."""
