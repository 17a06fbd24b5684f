"""Who takes part: the audiences that may start a service, the parties that confirm a step of it."""

from django.db.models import TextChoices


class Audience(TextChoices):
    """To whom a screen belongs."""

    PUBLIC = "public", "متقاضی"
    WORKSHOP = "workshop", "کارفرما"
    DESK = "desk", "شعبه"


class Unit(TextChoices):
    """The units of a branch. A senior user without another unit sits in the management (R47)."""

    REGISTRATION = "registration", "نام‌نویسی و حساب‌های انفرادی"
    INSPECTION = "inspection", "بازرسی"
    REVENUE = "revenue", "درآمد"
    SECRETARIAT = "secretariat", "دبیرخانه و بایگانی"
    MANAGEMENT = "management", "ریاست شعبه"


EMPLOYER = "employer"
"""The party of a step that the workshop's representatives confirm (R10)."""
