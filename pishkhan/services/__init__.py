"""What can be asked for: one file per service. A file here is an offered service."""
