"""Users of both sides of the counter, their sign-in and their passwords."""
