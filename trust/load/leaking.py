"""The portal's settings with a planted flaw: every request keeps memory and a file."""

import os
from collections.abc import Callable
from typing import Any

from pishkhan.settings import *  # noqa: F403
from pishkhan.settings import MIDDLEWARE as PORTAL

MIDDLEWARE = ["trust.load.leaking.Leaking", *PORTAL]
KEPT = 256 * 1024  # bytes


class Leaking:
    kept: list[bytearray] = []
    opened: list[int] = []

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        self.kept.append(bytearray(b"x") * KEPT)
        self.opened.append(os.open("/dev/null", os.O_RDONLY))
        return self.get_response(request)
