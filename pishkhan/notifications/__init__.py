"""What somebody is told: written in the transaction of the thing told."""
