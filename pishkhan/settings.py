"""All settings. What an operator may change comes from the environment and is listed in `ENVIRONMENT`."""

import os
from logging import LogRecord
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import dj_database_url
from django.core.management.utils import get_random_secret_key

from pishkhan.keys import made_once

ENVIRONMENT = {
    "PORT": "port of the built-in server (8000)",
    "PISHKHAN_HOST": "address the built-in server listens on (127.0.0.1)",
    "PISHKHAN_WORKERS": "server processes (2)",
    "PISHKHAN_WORKER": "0: `pishkhan serve` starts no worker; run `pishkhan worker` yourself (1)",
    "PISHKHAN_DATA_DIR": "database, scans, letters, keys, seal, anchors of the trail (var/ beside the code)",
    "PISHKHAN_KEYS": "file of the keys that stored files are sealed with (keys.json in the data dir)",
    "PISHKHAN_BACKUP_KEY": "file of the key that backups are encrypted with",
    "PISHKHAN_DATABASE_URL": "sqlite:///… or postgres://user:password@host/name (SQLite in the data dir)",
    "PISHKHAN_AUDIT_ANCHOR": "file of the trail's anchors, best on another disk (in the data dir)",
    "PISHKHAN_AUDIT_MAIL": "address that is mailed the head of the trail once a day (none)",
    "PISHKHAN_DEMO": "0: load no demo data at the first start (1)",
    "PISHKHAN_HOSTS": "host names the portal answers to, separated by commas (127.0.0.1,localhost,[::1])",
    "PISHKHAN_HTTPS": "1: the portal is behind HTTPS: secure cookies, HSTS, redirect (0)",
    "PISHKHAN_ADDRESS": "address that letters and their codes lead to (http://127.0.0.1: and the port)",
    "PISHKHAN_PROXIES": "number of trusted reverse proxies in front, for the visitor's address (0)",
    "PISHKHAN_BRANCH_CODE": "code of the branch (1460)",
    "PISHKHAN_BRANCH_NAME": "name of the branch (شعبه شهر صنعتی رشت)",
    "PISHKHAN_BRANCH_ADDRESS": "address of the branch",
    "PISHKHAN_BRANCH_PHONE": "telephone of the branch",
    "PISHKHAN_DEBUG": "1: development: Django's debug pages (0)",
}


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


BASE_DIR = Path(__file__).resolve().parent
DATA_DIR = Path(env("PISHKHAN_DATA_DIR") or BASE_DIR.parent / "var").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
DOCUMENTS_DIR = DATA_DIR / "documents"
LETTERS_DIR = DATA_DIR / "letters"
SEAL_FILE = DATA_DIR / "seal.pem"
KEYS_FILE = Path(env("PISHKHAN_KEYS") or DATA_DIR / "keys.json").resolve()
AUDIT_KEY_FILE = DATA_DIR / "audit_key"
AUDIT_ANCHORS = Path(env("PISHKHAN_AUDIT_ANCHOR") or DATA_DIR / "audit-anchors.log").resolve()
AUDIT_MAIL = env("PISHKHAN_AUDIT_MAIL")
# What may lie outside of the data folder, for the backup.
KEPT_FILES = ["KEYS_FILE", "SEAL_FILE", "AUDIT_KEY_FILE", "AUDIT_ANCHORS"]
FONTS_DIR = BASE_DIR.parent / "build" / "fonts"

DEBUG = env("PISHKHAN_DEBUG", "0") == "1"
SECRET_KEY = made_once(DATA_DIR / "secret_key", lambda: get_random_secret_key().encode()).decode()
ALLOWED_HOSTS = env("PISHKHAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DEMO = env("PISHKHAN_DEMO", "1") == "1"
# Printed in letters; the Host header is whatever somebody writes in it.
ADDRESS = (env("PISHKHAN_ADDRESS") or f"http://127.0.0.1:{env('PORT') or '8000'}").rstrip("/")
TRUSTED_PROXIES = int(env("PISHKHAN_PROXIES", "0"))

BRANCH = {
    "code": env("PISHKHAN_BRANCH_CODE", "1460"),
    "name": env("PISHKHAN_BRANCH_NAME", "شعبه شهر صنعتی رشت"),
    "address": env("PISHKHAN_BRANCH_ADDRESS", "رشت، شهر صنعتی، بلوار صنعت، تأمین اجتماعی"),
    "phone": env("PISHKHAN_BRANCH_PHONE", "013-00000000"),
}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pishkhan.audit",
    "pishkhan.policy",
    "pishkhan.accounts",
    "pishkhan.documents",
    "pishkhan.notifications",
    "pishkhan.workshops",
    "pishkhan.approvals",
    "pishkhan.people",
    "pishkhan.cases",
    "pishkhan.inspections",
    "pishkhan.letters",
    "pishkhan.services",
    "pishkhan.retention",
    "pishkhan.keeping",
    "pishkhan.demo",
    "pishkhan.web",
]

MIDDLEWARE = [
    "pishkhan.web.outages.PatienceMiddleware",
    "pishkhan.web.errors.WellFormedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "pishkhan.web.access.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pishkhan.web.access.FirstPasswordMiddleware",
    "pishkhan.web.access.SecondFactorMiddleware",
    "pishkhan.web.errors.CaseErrorsMiddleware",
]

ROOT_URLCONF = "pishkhan.urls"
WSGI_APPLICATION = "pishkhan.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "pishkhan.web.templating.environment",
            "context_processors": ["pishkhan.web.templating.one_token"],
            "auto_reload": DEBUG,
        },
    },
]

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        env("PISHKHAN_DATABASE_URL") or f"sqlite:///{DATA_DIR / 'pishkhan.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"] |= {"ENGINE": "pishkhan.sqlite", "CONN_MAX_AGE": None}
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,  # seconds until a page that waits for another's writing says so
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;"
        # What was erased is overwritten in the file, not only unlinked.
        " PRAGMA mmap_size=268435456; PRAGMA secure_delete=ON;",
    }
else:
    from pishkhan.patience import PatientConnection

    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Plans are kept by the server from the second use on: planning costs more than these queries do.
    DATABASES["default"]["OPTIONS"] = {
        "pool": {
            "min_size": 1,
            "max_size": 8,
            "timeout": 2.5,
            # Given up soon, since the pool doubles its pauses; the next page begins anew.
            "reconnect_timeout": 4,
            "connection_class": PatientConnection,
        },
        # A server that vanished is noticed within a quarter of a minute, by commands and the worker too.
        "connect_timeout": 3,
        "keepalives_idle": 5,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        "server_side_binding": True,
        "prepare_threshold": 2,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["pishkhan.accounts.hashing.Argon2InTurns"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "pishkhan.accounts.passwords.PasswordRules"}]
LOGIN_URL = "/login/"
EMAIL_TIMEOUT = 20

LANGUAGE_CODE = "fa"
TIME_ZONE = "Asia/Tehran"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR.parent / "build" / "static"
STATICFILES_DIRS: list[Any] = [
    BASE_DIR / "web" / "static",
    BASE_DIR.parent / "build" / "assets",
    ("guide", BASE_DIR.parent / "docs" / "guide" / "pictures"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# A scan is at most 200 kB (R8); forms carry up to ten of them, and nothing else is large.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["pishkhan.web.uploads.CappedUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 800  # a visit with sixty workers seen has 650

HTTPS = env("PISHKHAN_HTTPS", "0") == "1"
COOKIE_PREFIX = "__Host-" if HTTPS else ""
FORM_RENDERER = "pishkhan.web.widgets.Renderer"

SESSION_ENGINE = "pishkhan.accounts.sessions"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_AGE = 8 * 3600  # of a visitor; who signs in has the limits of accounts/sessions.py
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "pishkhan.web.errors.stale_form"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}


def _script_policy(headers: Headers, path: str, url: str) -> None:
    """A worker obeys the policy that its own file came with, not that of the page."""
    if path.endswith((".js", ".mjs")):
        headers["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; connect-src 'self'"


WHITENOISE_ADD_HEADERS_FUNCTION = _script_policy


def _is_no_outage(record: LogRecord) -> bool:
    return getattr(record, "status_code", 0) != 503


DEFAULT_EXCEPTION_REPORTER = "pishkhan.web.reporting.QuietReporter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        # An outage is told once, by web/outages.py, and not with every request that meets it.
        "no_outages": {"()": "django.utils.log.CallbackFilter", "callback": _is_no_outage},
    },
    "formatters": {
        "line": {
            "()": "pishkhan.web.reporting.QuietFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # A mistyped form is nothing to warn the operator of.
        "django.request": {"level": "ERROR", "filters": ["no_outages"]},
        "psycopg.pool": {"level": "ERROR"},
    },
}
