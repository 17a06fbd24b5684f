"""Shows the promises of docs/trust.md that a test cannot: processes killed, disks filled, power cut, load.

Each module is a command of its own, `python -m trust.NAME [--long]`; it prints its figures and ends with an
exit code other than 0 when the promise is broken.
"""
