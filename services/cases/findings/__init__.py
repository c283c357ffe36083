"""Structural findings: what in the system hinders, from office to office, and what becomes of it. Never of whom."""
