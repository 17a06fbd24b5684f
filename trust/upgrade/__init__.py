"""Upgrades while the old release serves: `python -m trust.upgrade [--long]`, on both databases."""
