"""The vocabulary in which services are declared."""
