"""Keeping what is stored: encrypted backups, restoring them, and looking whether all of it is sound."""
