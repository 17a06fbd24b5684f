"""The portal's settings with a planted flaw: all requests of a process wait in one line."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from pishkhan.settings import *  # noqa: F403
from pishkhan.settings import MIDDLEWARE as PORTAL

MIDDLEWARE = ["trust.load.waiting.Waiting", *PORTAL]
EACH = 0.1  # seconds


class Waiting:
    line = Lock()

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        with self.line:
            time.sleep(EACH)
            return self.get_response(request)
