"""The settings of the tests: the portal's own, with a data folder of their own in every process."""

import atexit
import os
import shutil
import tempfile

# Before the portal's settings are read, which make the data folder and the secret key.
_folder = tempfile.mkdtemp(prefix="pishkhan-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["PISHKHAN_DATA_DIR"] = _folder
os.environ["PISHKHAN_DATABASE_URL"] = os.environ.get("PISHKHAN_TEST_DATABASE_URL", "")
for _name in [name for name in os.environ if name.startswith("PISHKHAN_BRANCH_")]:
    del os.environ[_name]
for _name in (
    "PISHKHAN_HTTPS",
    "PISHKHAN_PROXIES",
    "PISHKHAN_DEBUG",
    "PISHKHAN_DEMO",
    "PISHKHAN_HOSTS",
    "PISHKHAN_ADDRESS",
    "PISHKHAN_KEYS",
    "PISHKHAN_BACKUP_KEY",
    "PISHKHAN_WORKER",
    "PISHKHAN_AUDIT_ANCHOR",
    "PISHKHAN_AUDIT_MAIL",
    "PORT",
):
    os.environ.pop(_name, None)

from pishkhan.settings import *  # noqa: E402, F403
from pishkhan.settings import DATA_DIR, DATABASES, MIDDLEWARE, PASSWORD_HASHERS, STORAGES  # noqa: E402

MIDDLEWARE = ["tests.canaries.Watching", *MIDDLEWARE]

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]

# One Argon2 check takes 150 ms; the passwords of the tests are worth nothing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]

if DATABASES["default"]["ENGINE"] == "pishkhan.sqlite":
    # A file, so that two threads meet the same locks as in a branch; it need not survive a power cut.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA secure_delete=ON;"
    )
else:
    # A pool outlives the test database it is connected to.
    DATABASES["default"]["OPTIONS"] = {}

# Without the manifest, pages need no collected files; the browser's tests serve the collected ones.
if os.environ.get("PISHKHAN_TEST_STATIC") != "collected":
    STORAGES = STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
