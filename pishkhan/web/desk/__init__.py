"""The branch: queue of a unit, review of a case, accounts."""
