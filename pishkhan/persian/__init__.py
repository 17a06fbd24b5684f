"""Persian text, Jalali dates and Iranian identifiers; imports nothing else of the project."""
