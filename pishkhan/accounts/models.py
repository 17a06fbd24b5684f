from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase


class Side(models.TextChoices):
    """Which side of the counter a user sits on."""

    WORKSHOP = "workshop", "نماینده کارفرما"
    DESK = "desk", "کارمند شعبه"


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
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BaseUserManager["User"]()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        indexes = [models.Index(fields=["side", "-id"], name="user_side")]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Session(AbstractBaseSession):
    """A browser's session; `user` is who signed in with it. Written by `sessions.SessionStore`."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> "type[SessionBase]":
        from .sessions import SessionStore  # noqa: PLC0415 it imports this module

        return SessionStore
