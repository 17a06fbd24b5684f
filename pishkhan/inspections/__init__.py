"""Visits of the branch's inspectors to workshops, and what the employer answers (R43)."""
