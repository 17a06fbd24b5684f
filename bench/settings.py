"""The portal's own settings, and beside its addresses one that answers nothing but "ok"."""

from pishkhan.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
