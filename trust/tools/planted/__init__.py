"""What the scanners have to find: flawed pages beside the portal's own. Never a part of the product."""
