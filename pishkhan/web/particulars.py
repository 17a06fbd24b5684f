"""Forms for what is known of a user and of a workshop; who edits what of them, the screens say."""

from typing import Any, ClassVar

from django import forms

from pishkhan.accounts.models import User, canonical_username
from pishkhan.persian import fields


class _NeedingForm(forms.Form):
    """A form whose subclasses say which fields must be filled in."""

    needed: ClassVar[frozenset[str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = field.widget.is_required = name in self.needed


class ParticularsForm(_NeedingForm):
    """A user's particulars, as the senior user keeps them (R47)."""

    needed = frozenset({"first_name", "last_name"})

    first_name = fields.PersianCharField(label="نام", max_length=60, letters_only=True)
    last_name = fields.PersianCharField(label="نام خانوادگی", max_length=60, letters_only=True)
    national_code = fields.NationalCodeField(label="کد ملی")
    mobile = fields.MobileField(label="تلفن همراه")
    email = forms.EmailField(
        label="پست الکترونیکی",
        max_length=254,
        error_messages={"invalid": "این پست الکترونیکی درست نیست؛ مانند name@example.com"},
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "email"}),
    )


class OwnParticularsForm(ParticularsForm):
    """What everybody tells of themselves (R23)."""

    needed = frozenset({"first_name", "last_name", "national_code", "mobile"})


class WorkshopForm(_NeedingForm):
    """A workshop's data, as the branch keeps them; its code does not change."""

    needed = frozenset({"name"})

    name = fields.PersianCharField(label="نام کارگاه", max_length=200)
    employer_name = fields.PersianCharField(label="نام کارفرما", max_length=120)
    activity = fields.PersianCharField(label="فعالیت", max_length=120)
    legal_national_id = fields.LegalNationalIdField(label="شناسه ملی", help_text="برای شرکت‌ها، ۱۱ رقم")
    economic_code = fields.EconomicCodeField(label="کد اقتصادی")
    phone = fields.LandlineField(label="تلفن کارگاه")
    postal_code = fields.PostalCodeField(label="کد پستی کارگاه")
    address = fields.PersianCharField(label="نشانی کارگاه", max_length=300)


class OwnWorkshopForm(WorkshopForm):
    """What a representative tells of the workshop (R23, R25)."""

    needed = frozenset({"name", "employer_name", "phone", "postal_code", "address"})


class UsernameField(forms.RegexField):
    """A user name that nobody has: Latin letters in one case, digits, dot and dashes."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "نام کاربری")
        options["error_messages"] = fields.REQUIRED | {
            "invalid": "نام کاربری ۴ تا ۴۰ نویسه است: حرف لاتین، رقم، نقطه و خط."
        }
        options["widget"] = forms.TextInput(
            attrs={"dir": "ltr", "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        )
        super().__init__(r"^[a-zA-Z0-9._-]{4,40}$", **options)

    def clean(self, value: Any) -> str:
        username = canonical_username(super().clean(value) or "")
        if username and User.objects.filter(username=username).exists():
            raise forms.ValidationError("این نام کاربری گرفته شده است؛ نام دیگری بنویسید.")
        return username
