"""The portal's own settings, with the planted pages beside its addresses and without limits an hour."""

from pishkhan.settings import *  # noqa: F403
from pishkhan.settings import INSTALLED_APPS, MIDDLEWARE, PASSWORD_HASHERS

ROOT_URLCONF = "trust.tools.planted.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "trust.tools.planted"]
MIDDLEWARE = ["trust.tools.planted.counting.CountingMiddleware", *MIDDLEWARE]
# A scanner sends thousands of passwords; one Argon2 check takes 150 ms.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
