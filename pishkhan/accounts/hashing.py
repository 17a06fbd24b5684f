"""Passwords are hashed in turns: one check takes 100 MB for a tenth of a second."""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

TURNS = BoundedSemaphore(2)  # at a time in one process of the server


class Argon2InTurns(Argon2PasswordHasher):
    """Django's own; thirty sign-ins at once wait for each other instead of taking three gigabytes."""

    def encode(self, password: str, salt: str) -> str:
        with TURNS:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with TURNS:
            return super().verify(password, encoded)
