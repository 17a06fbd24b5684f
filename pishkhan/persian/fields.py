"""Form fields that take what people type and give what is stored."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from . import identifiers
from .calendar import parse_date, show_date, tehran_day
from .digits import to_latin, to_persian
from .letters import ZWNJ, clean, clean_text

REQUIRED: dict[str, Any] = {"required": "این خانه را پر کنید."}

Limit = dt.date | Callable[[], dt.date | None] | None

_LETTER = "[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff\u0750-\u077f]"
_HAS_LETTER = re.compile(_LETTER)
_CLOCK = re.compile("([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])")
_NAME = re.compile(f"(?:{_LETTER}|[ {ZWNJ}-])*")


class _QuietAttributes:
    """Attributes for the widget that give way to those the form sets."""

    attributes: ClassVar[dict[str, str]] = {}

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        inherited: dict[str, Any] = super().widget_attrs(widget)  # type: ignore[misc]
        return {**inherited, **{k: v for k, v in self.attributes.items() if k not in widget.attrs}}


class PersianCharField(forms.CharField):
    """One cleaned line, 200 characters unless told. `letters_only` is for names of people and places."""

    default_error_messages = REQUIRED | {
        "has_digit": "در این خانه رقم ننویسید.",
        "letters_only": "این خانه را فقط با حروف فارسی پر کنید.",
        "no_letter": "دست‌کم یک حرف بنویسید.",
    }
    cleaner: "ClassVar[staticmethod[[str], str]]" = staticmethod(clean)
    longest: ClassVar[int] = 200

    def __init__(self, *, letters_only: bool = False, **options: Any) -> None:
        self.letters_only = letters_only
        options.setdefault("max_length", self.longest)
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        text = "" if value is None else str(value)
        # Unicode normalisation of a huge text is slow; what is far too long is left to the length check.
        if self.max_length is None or len(text) <= 4 * self.max_length:
            text = self.cleaner(text)
        if self.letters_only and text:
            self._refuse_other_than_letters(text)
        return text or self.empty_value

    def _refuse_other_than_letters(self, text: str) -> None:
        if any(character.isdigit() for character in text):
            raise self._error("has_digit")
        if not _NAME.fullmatch(text):
            raise self._error("letters_only")
        if not _HAS_LETTER.search(text):
            raise self._error("no_letter")

    def _error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)


class PersianTextField(PersianCharField):
    """Several cleaned lines, 2000 characters unless told."""

    widget = forms.Textarea
    cleaner = staticmethod(clean_text)
    longest = 2000


class _CodeField(_QuietAttributes, forms.CharField):
    """Text judged by a checker of `identifiers`; shown with Persian digits, stored in ASCII."""

    checker: "ClassVar[staticmethod[[str], str]]"
    default_error_messages = REQUIRED
    attributes = {"inputmode": "numeric", "dir": "ltr", "class": "code", "autocomplete": "off"}

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 40)  # room for pasted separators
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        text = "" if value is None else str(value).strip()
        return self.checker(text) if text else self.empty_value

    def prepare_value(self, value: Any) -> Any:
        return None if value is None else to_persian(value)


class NationalCodeField(_CodeField):
    checker = staticmethod(identifiers.national_code)


class InsuranceNumberField(_CodeField):
    checker = staticmethod(identifiers.insurance_number)


class WorkshopCodeField(_CodeField):
    checker = staticmethod(identifiers.workshop_code)


class MobileField(_CodeField):
    checker = staticmethod(identifiers.mobile)
    widget = forms.TextInput(attrs={"type": "tel"})
    attributes = {**_CodeField.attributes, "inputmode": "tel"}


class LandlineField(_CodeField):
    checker = staticmethod(identifiers.landline)


class PostalCodeField(_CodeField):
    checker = staticmethod(identifiers.postal_code)


class LegalNationalIdField(_CodeField):
    checker = staticmethod(identifiers.legal_national_id)


class EconomicCodeField(_CodeField):
    checker = staticmethod(identifiers.economic_code)


class BirthCertificateNoField(_CodeField):
    checker = staticmethod(identifiers.birth_certificate_no)


class BirthCertificateSerialField(_CodeField):
    """Carries a letter, hence neither the numeric keyboard nor left-to-right."""

    checker = staticmethod(identifiers.birth_certificate_serial)
    attributes = {"class": "code", "autocomplete": "off"}


class JalaliDateField(_QuietAttributes, forms.Field):
    """A Gregorian date from a typed Jalali one.

    `not_before` and `not_after` are dates, or callables asked at each check (None: no limit); both limits
    are themselves allowed. Their messages may be replaced in `error_messages` and contain %(limit)s.
    """

    widget = forms.TextInput
    default_error_messages = REQUIRED | {
        "not_before": "تاریخ نباید پیش از %(limit)s باشد.",
        "not_after": "تاریخ نباید پس از %(limit)s باشد.",
    }
    attributes = {
        **{"inputmode": "numeric", "dir": "ltr", "class": "date"},
        **{"autocomplete": "off", "placeholder": "۱۳۷۰/۰۱/۳۱"},
    }

    def __init__(self, *, not_before: Limit = None, not_after: Limit = None, **options: Any) -> None:
        self.not_before, self.not_after = not_before, not_after
        super().__init__(**options)

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, dt.datetime):
            return tehran_day(value)
        if value is None or isinstance(value, dt.date):
            return value
        try:
            return parse_date(value) if str(value).strip() else None
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        earliest, latest = _limit(self.not_before), _limit(self.not_after)
        if earliest and value < earliest:
            raise self._beyond("not_before", earliest)
        if latest and value > latest:
            raise self._beyond("not_after", latest)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.date):
            return show_date(value)
        return None if value is None else to_persian(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return not self.disabled and self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True

    def _beyond(self, code: str, limit: dt.date) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"limit": show_date(limit)})


class WholeNumberField(_QuietAttributes, forms.Field):
    """A whole number from `least` to `most` (both allowed), with any digits and with commas."""

    widget = forms.TextInput
    default_error_messages = REQUIRED | {
        "digits": "این خانه را فقط با رقم پر کنید.",
        "limits": "عددی از %(least)s تا %(most)s بنویسید.",
    }
    attributes = {"inputmode": "numeric", "dir": "ltr", "class": "code", "autocomplete": "off"}

    def __init__(self, *, least: int = 0, most: int = 9999, **options: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**options)

    def to_python(self, value: Any) -> int | None:
        if value is None or isinstance(value, int):
            return value
        digits = re.sub("[\\s,٬،]", "", to_latin(str(value)))
        if not digits:
            return None
        if not (digits.isascii() and digits.isdecimal()):
            raise ValidationError(self.error_messages["digits"], code="digits")
        number = int(digits) if len(digits) <= 18 else self.most + 1
        if not self.least <= number <= self.most:
            limits = {"least": to_persian(self.least), "most": to_persian(self.most)}
            raise ValidationError(self.error_messages["limits"], code="limits", params=limits)
        return number

    def prepare_value(self, value: Any) -> Any:
        return None if value is None else to_persian(value)


class ClockField(_QuietAttributes, forms.Field):
    """A time of day: 9:30, 09.30 or 0930 with any digits."""

    widget = forms.TextInput
    default_error_messages = REQUIRED | {"invalid": "ساعت را مانند ۰۹:۳۰ بنویسید."}
    attributes = {
        **{"inputmode": "numeric", "dir": "ltr", "class": "code"},
        **{"autocomplete": "off", "placeholder": "۰۹:۳۰"},
    }

    def to_python(self, value: Any) -> dt.time | None:
        if value is None or isinstance(value, dt.time):
            return value
        typed = clean(to_latin(str(value)[:40]))
        if not typed:
            return None
        match = _CLOCK.fullmatch(typed)
        if match is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return dt.time(int(match[1]), int(match[2]))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.time):
            return to_persian(value.strftime("%H:%M"))
        return None if value is None else to_persian(value)


def _limit(limit: Limit) -> dt.date | None:
    return limit() if callable(limit) else limit
