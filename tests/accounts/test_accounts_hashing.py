"""Hashing takes 100 MB for a tenth of a second: two at a time, whoever asks."""

from threading import Lock, Thread

from django.contrib.auth.hashers import Argon2PasswordHasher

from pishkhan import settings as portal
from pishkhan.accounts.hashing import Argon2InTurns


def test_the_portal_hashes_in_turns():
    assert portal.PASSWORD_HASHERS[0] == "pishkhan.accounts.hashing.Argon2InTurns"


def test_of_twelve_at_once_two_take_memory_at_a_time(monkeypatch):
    verify, lock, now, most = Argon2PasswordHasher.verify, Lock(), [0], [0]

    def watched(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        try:
            return verify(self, password, encoded)
        finally:
            with lock:
                now[0] -= 1

    monkeypatch.setattr(Argon2PasswordHasher, "verify", watched)
    hasher, right = Argon2InTurns(), []
    encoded = hasher.encode("گل-نرگس", "saltsaltsalt")
    threads = [Thread(target=lambda: right.append(hasher.verify("گل-نرگس", encoded))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert right == [True] * 12
    assert most == [2]
