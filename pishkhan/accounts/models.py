from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower

from pishkhan.persian.letters import search_key, sort_key

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase


class Side(models.TextChoices):
    """Which side of the counter a user sits on."""

    WORKSHOP = "workshop", "نماینده کارفرما"
    DESK = "desk", "کارمند شعبه"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Whoever signs in under that name, in whatever case it is typed."""
        return self.get(username=canonical_username(username or ""))


def canonical_username(typed: str) -> str:
    """The one spelling under which a user name is stored."""
    return typed.strip().lower()


class User(AbstractBaseUser):
    """Somebody who signs in (R17, R18): a representative of employers, or a member of a branch's staff."""

    username = models.CharField("نام کاربری", max_length=60, unique=True)
    side = models.CharField("سمت", max_length=10, choices=Side)
    first_name = models.CharField("نام", max_length=100, blank=True)
    last_name = models.CharField("نام خانوادگی", max_length=100, blank=True)
    national_code = models.CharField("کد ملی", max_length=10, blank=True)
    mobile = models.CharField("تلفن همراه", max_length=11, blank=True)
    email = models.EmailField("پست الکترونیکی", blank=True)
    is_active = models.BooleanField("فعال", default=True)
    must_change_password = models.BooleanField(default=True)
    password_set_at = models.DateTimeField(null=True)
    one_time_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    search_key = models.CharField(max_length=300, editable=False)
    sort_key = models.CharField(max_length=420, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="user_name_once_in_any_case")]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="user_list"),
            models.Index(fields=["side", "is_active", "sort_key", "id"], name="user_list_of_a_side"),
            models.Index(fields=["is_active", "sort_key", "id"], name="user_list_inactive"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def make_keys(self) -> None:
        self.search_key = search_key(f"{self.full_name} {self.username} {self.national_code}")[:300]
        self.sort_key = sort_key(self.last_name) + sort_key(self.first_name) or sort_key(self.username)


class Kind(models.TextChoices):
    """What proves, besides the password, that it is the user."""

    TOTP = "totp", "برنامهٔ کدساز"
    PASSKEY = "passkey", "گذرکلید"
    RECOVERY = "recovery", "کد بازیابی"


class Factor(models.Model):
    """One second factor of a user; written by `factors`.

    `secret` is a TOTP secret encrypted, the public key of a passkey, or the digest of a recovery code;
    `counter` is the last time step used of a TOTP secret, the last sign count of a passkey.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=60, blank=True)
    secret = models.TextField()
    counter = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(kind="totp"), name="one_totp_secret_a_user"
            ),
        ]
        indexes = [models.Index(fields=["user", "kind"], name="factor_of_user")]

    def __str__(self) -> str:
        return self.name or Kind(self.kind).label


class Session(AbstractBaseSession):
    """A browser's session; `user` is who signed in with it. Written by `sessions.SessionStore`.

    `agent` is the browser in words, `source` the mark of the address that signed in (`audit.source_of`).
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    signed_in_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    agent = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=32, blank=True)

    @classmethod
    def get_session_store_class(cls) -> "type[SessionBase]":
        from .sessions import SessionStore  # noqa: PLC0415 it imports this module

        return SessionStore
