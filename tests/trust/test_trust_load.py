"""What judges an hour's work: a leak is found, and what merely comes and goes is not one."""

from random import Random

from trust.load.figures import at
from trust.load.judge import COUNT, MEMORY, judge

HOUR = range(0, 3600, 10)


def noisy(level: float, per_hour: float = 0.0, noise: float = 3.0, filling: float = 0.0):
    """Samples of an hour: a level, a leak, noise, and caches that fill within ten minutes."""
    random = Random(5)
    return [
        (t, level + per_hour * t / 3600 + filling * min(t / 600, 1) + random.uniform(-noise, noise))
        for t in HOUR
    ]


def test_what_comes_and_goes_is_flat():
    assert judge(noisy(200), MEMORY).flat
    assert judge(noisy(80, noise=15), COUNT).flat


def test_what_fills_at_the_beginning_is_flat():
    assert judge(noisy(110, filling=60), MEMORY).flat


def test_a_leak_of_memory_is_found_at_a_twentieth_in_half_an_hour():
    assert not judge(noisy(110, per_hour=14), MEMORY).flat
    assert judge(noisy(110, per_hour=8), MEMORY).flat


def test_a_large_process_may_not_grow_by_more_than_twenty_megabytes():
    assert not judge(noisy(2000, per_hour=50), MEMORY).flat


def test_one_open_file_in_ten_minutes_is_found():
    assert not judge(noisy(80, per_hour=6, noise=0.5), COUNT).flat


def test_a_slow_leak_is_found_under_what_comes_and_goes():
    assert not judge(noisy(80, per_hour=20, noise=15), COUNT).flat


def test_the_slowest_answers_are_not_lost_between_the_shares():
    seconds = [0.01] * 98 + [3.0, 5.0]
    assert (at(seconds, 0.5), at(seconds, 0.98), at(seconds, 1.0)) == (0.01, 3.0, 5.0)
