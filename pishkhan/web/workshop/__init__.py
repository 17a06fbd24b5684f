"""The employer's representative: dashboard, cartable, requests, profile."""
