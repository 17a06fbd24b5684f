"""Load: slow clients, many at once, an hour of work. `python -m trust.load slow|crowd|soak [--long]`.

Everything runs on this machine: the portal as `pishkhan serve`, the documented nginx (docs/nginx.conf) in
front of it, and those who use both.
"""
