"""Findings that were looked at and stay, each with its reason; a reason that nothing needs is one too."""

from collections import Counter
from collections.abc import Iterable, Mapping

Accepted = Mapping[tuple[str, str], tuple[int, str]]
"""(rule, file): (how many there are, why they stay). A file that ends with "/" is everything below."""


def judged(found: Iterable[tuple[str, str, int]], accepted: Accepted) -> list[str]:
    """What is not accepted of the findings (rule, file, line), and what is accepted without being found."""
    times, places = Counter[tuple[str, str]](), dict[tuple[str, str], list[int]]()
    for rule, file, line in found:
        key = next((key for key in accepted if covers(key, rule, file)), (rule, file))
        times[key] += 1
        places.setdefault(key, []).append(line)
    wrong = [key for key in times if times[key] != accepted.get(key, (0, ""))[0] and not key[1].endswith("/")]
    told = [
        f"{rule}: {file}, lines {', '.join(map(str, places[rule, file]))}" for rule, file in sorted(wrong)
    ]
    unneeded = [key for key in accepted if not times[key]]
    return told + [f"{rule}: {file} is accepted but not found any more" for rule, file in unneeded]


def covers(key: tuple[str, str], rule: str, file: str) -> bool:
    return key[0] == rule and (key[1] == file or (key[1].endswith("/") and file.startswith(key[1])))
