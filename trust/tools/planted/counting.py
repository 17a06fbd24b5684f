"""Counts the requests of all server processes: one byte in a file for each."""

import os
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class CountingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.file = os.open(settings.DATA_DIR / "requests", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        os.write(self.file, b".")
        return self.get_response(request)
