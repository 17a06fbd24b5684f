"""What cases ask: one module for each kind of answers."""
