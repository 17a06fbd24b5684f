"""The portal's own settings, and beside its addresses a bare answer and Django's admin."""

from pishkhan.settings import *  # noqa: F403
from pishkhan.settings import INSTALLED_APPS as PORTAL
from pishkhan.settings import TEMPLATES as JINJA

ROOT_URLCONF = "bench.urls"
SILENCED_SYSTEM_CHECKS = ["admin.E408"]  # the portal's own middleware puts the user there
INSTALLED_APPS = [*PORTAL, "django.contrib.admin"]
TEMPLATES = [
    *JINJA,
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
if "pool" in DATABASES["default"]["OPTIONS"]:  # noqa: F405
    # Its backends are watched: none may be closed and opened anew meanwhile.
    DATABASES["default"]["OPTIONS"]["pool"] |= {"max_lifetime": 24 * 3600, "max_idle": 24 * 3600}  # noqa: F405
STORAGES["staticfiles"] = {"BACKEND": "bench.storage.Lenient"}  # noqa: F405
