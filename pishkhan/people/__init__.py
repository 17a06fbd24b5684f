"""Insured persons, where they work, and the scans that are kept with them."""
