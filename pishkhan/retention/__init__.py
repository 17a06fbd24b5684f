"""How long what identifies people is kept, what stops its erasing, and what one person may ask for."""
