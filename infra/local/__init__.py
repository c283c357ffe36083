"""The embedded runtime: everything on one machine, from the topology alone."""
