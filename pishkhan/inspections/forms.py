"""What is written down at a visit: on screen as a form with rows, in an Excel file as columns."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from pishkhan.persian import fields
from pishkhan.persian.digits import to_latin, to_persian
from pishkhan.persian.letters import clean

from .models import Found, Kind

MOST_WORKERS = 60


def today() -> datetime.date:
    return timezone.localdate()


def choose(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    one_of = f"یکی از این‌ها: {'، '.join(name for _, name in choices)}."
    return forms.ChoiceField(
        label=label,
        choices=[("", "انتخاب کنید"), *choices],
        error_messages={"required": "یکی را انتخاب کنید.", "invalid_choice": one_of},
    )


def same_number(text: str) -> str:
    """A visit's number as it is stored, whatever digits it was written with."""
    return clean(to_latin(text)).replace(" ", "")


class NumberField(forms.RegexField):
    """The number of a visit, as the branch gives them: digits, with - or / between."""

    def __init__(self, **options: Any) -> None:
        messages = fields.REQUIRED | {"invalid": "شماره فقط رقم، خط و ممیز دارد؛ مانند ۱۴۰۵/۱۲۳"}
        attrs = {"dir": "ltr", "class": "code", "autocomplete": "off", "placeholder": "۱۴۰۵/۱۲۳"}
        super().__init__(
            r"^[0-9]+([/-][0-9]+)*$",
            max_length=20,
            error_messages=messages,
            widget=forms.TextInput(attrs=attrs),
            **options,
        )

    def to_python(self, value: Any) -> str:
        return super().to_python(same_number(str(value)[:100]) if value else value) or ""

    def prepare_value(self, value: Any) -> Any:
        return None if value is None else to_persian(value)


class InspectionForm(forms.Form):
    """One visit. Which workshop the code names, and whether the number is free, the operations tell."""

    number = NumberField(label="شماره بازدید")
    workshop_code = fields.WorkshopCodeField(label="کد کارگاه")
    visit_date = fields.JalaliDateField(
        label="تاریخ بازدید",
        not_after=today,
        widget=forms.TextInput(attrs={"placeholder": "سال/ماه/روز"}),
    )
    visit_time = fields.ClockField(label="ساعت بازدید")
    kind = choose("نوع بازرسی", Kind.choices)
    workshop_state = choose("وضعیت کارگاه", Found.choices)
    inspector_name = fields.PersianCharField(label="نام بازرس", max_length=100, letters_only=True)
    inspector_code = fields.PersianCharField(label="کد بازرس", max_length=10, required=False)
    present_name = fields.PersianCharField(
        label="نام شخص حاضر", max_length=100, letters_only=True, required=False
    )
    present_role = fields.PersianCharField(label="سمت شخص حاضر", max_length=100, required=False)
    employer_present = forms.BooleanField(label="کارفرما حاضر بود", required=False)
    observed_count = fields.WholeNumberField(label="شمار کارگران دیده‌شده")
    on_list_count = fields.WholeNumberField(label="شمار در آخرین لیست بیمه")
    documents_seen = fields.PersianCharField(
        label="مدارک دیده‌شده", max_length=500, required=False, help_text="دفتر حضور، لیست مزد، قرارداد …"
    )
    remarks = fields.PersianTextField(label="توضیحات", max_length=1000, required=False)


class WorkerForm(forms.Form):
    """Somebody seen at work; the name alone is needed."""

    name = fields.PersianCharField(label="نام و نام خانوادگی", max_length=100, letters_only=True)
    father_name = fields.PersianCharField(label="نام پدر", max_length=60, letters_only=True, required=False)
    national_code = fields.NationalCodeField(label="کد ملی", required=False)
    insurance_number = fields.InsuranceNumberField(label="شماره بیمه", required=False)
    job = fields.PersianCharField(label="شغل", max_length=100, required=False)
    start_date = fields.JalaliDateField(
        label="شروع به کار",
        not_after=today,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "سال/ماه/روز"}),
    )
    stated_wage = fields.WholeNumberField(label="مزد ماهانه (ریال)", most=10**12, required=False)
    hours = fields.WholeNumberField(label="ساعت کار در روز", most=24, required=False)
    on_last_list = forms.BooleanField(label="در آخرین لیست بیمه", required=False)
    signed = forms.BooleanField(label="امضا کرده", required=False)


class BaseWorkerFormSet(forms.BaseFormSet):
    """Rows of workers; a row that is wholly empty does not count, also one that was filled in before."""

    def initial_form_count(self) -> int:
        return 0

    @property
    def workers(self) -> list[dict[str, Any]]:
        """The rows that were filled in, once they are valid."""
        return [form.cleaned_data for form in self.forms if form.has_changed()]


def worker_forms(data: Any = None, *, rows: list[dict[str, Any]] = [], blank: int = 3) -> BaseWorkerFormSet:  # noqa: B006
    """The forms of `data`, or of rows shown without judging them and so many blank ones."""
    extra = min(MOST_WORKERS, len(rows) + blank)
    made = forms.formset_factory(
        WorkerForm, BaseWorkerFormSet, extra=extra, max_num=MOST_WORKERS, absolute_max=MOST_WORKERS
    )
    return made(data, prefix="workers", initial=rows)  # type: ignore[return-value]
