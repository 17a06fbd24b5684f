"""A request (درخواست) and its life, the same for every service."""
