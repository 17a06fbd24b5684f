"""Branches, workshops, and who acts for them."""
