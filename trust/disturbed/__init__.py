"""What `trust.faults` is made of: the faults, who watches the answers meanwhile, and the small disk."""
