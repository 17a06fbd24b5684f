"""What a form says of the page that it was opened on, so that nothing is done unseen or twice."""

from collections.abc import Mapping


def number_seen(posted: Mapping[str, str], name: str) -> int:
    """The number in a hidden field; -1, which is never right, for whatever is none."""
    seen = posted.get(name, "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else -1
