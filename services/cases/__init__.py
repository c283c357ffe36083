"""Case work: a submission becomes a case, and people work on it through all phases."""
