"""Four eyes: what is dangerous is asked for by one person and takes effect when a second one approves."""
