"""Synthetic data to try the portal with: invented people, drawn pictures (domain guide, section 11)."""
