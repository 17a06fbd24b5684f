"""The groups of the branch's settings: what each asks, and the policies that it decides."""

import datetime
from dataclasses import asdict
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from pishkhan.approvals.operations import BULK, MOST
from pishkhan.catalogue.rows import RowsField
from pishkhan.catalogue.scans import Scan
from pishkhan.catalogue.service import Service, every_service
from pishkhan.documents.operations import LIMIT_KEY, LIMITS
from pishkhan.letters import press
from pishkhan.people import booklets, eligibility
from pishkhan.people.models import Relation
from pishkhan.persian import fields
from pishkhan.policy import days
from pishkhan.policy.operations import policies, policy
from pishkhan.retention import periods
from pishkhan.retention.periods import LONGEST, Kept, Thing


class SettingsForm(forms.Form):
    """A group of policies: `current` gives what is in force, `values` what was decided, by policy key."""

    code: ClassVar[str]
    keys: ClassVar[str]
    """What the keys of its policies begin with."""
    icon: ClassVar[str]
    title: ClassVar[str]
    lead: ClassVar[str]

    valid_from = fields.JalaliDateField(
        label="از تاریخ",
        not_before=timezone.localdate,
        help_text="از امروز، یا از روزی در آینده.",
        error_messages={"not_before": "گذشته عوض نمی‌شود؛ از %(limit)s به بعد بنویسید."},
    )

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        raise NotImplementedError

    def values(self) -> dict[str, Any]:
        raise NotImplementedError

    @property
    def asked(self) -> list[Any]:
        """The fields without the date, which comes last."""
        return [field for field in self if field.name != "valid_from"]


class LetterheadForm(SettingsForm):
    code, keys, icon = "letterhead", press.KEY, "file-earmark-text"
    title, lead = "سربرگ", "سطر سازمان و امضاکنندهٔ نامه‌ها"

    organization = fields.PersianCharField(label="سطر سازمان", max_length=100)
    branch = fields.PersianCharField(
        label="سطر شعبه", max_length=100, required=False, help_text="خالی: نام شعبه."
    )
    head_title = fields.PersianCharField(label="سمت امضاکننده", max_length=100)
    head_name = fields.PersianCharField(label="نام امضاکننده", max_length=100, required=False)

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        return press.letterhead(on)

    def values(self) -> dict[str, Any]:
        return {press.KEY: {name: self.cleaned_data[name] for name in press.LETTERHEAD}}


NOTICES = {"public": "برای صفحهٔ نخست", "workshop": "برای داشبورد کارفرمایان", "desk": "برای همکاران شعبه"}


class NoticesForm(SettingsForm):
    code, keys, icon = "notices", "notice:", "info-circle"
    title, lead = "اطلاعیه‌ها", "آنچه در صفحهٔ نخست و داشبوردها خوانده می‌شود"

    public = fields.PersianTextField(label=NOTICES["public"], required=False, max_length=600)
    workshop = fields.PersianTextField(label=NOTICES["workshop"], required=False, max_length=600)
    desk = fields.PersianTextField(label=NOTICES["desk"], required=False, max_length=600)

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        decided = policies("notice:", on)
        return {name: decided.get(f"notice:{name}", "") for name in NOTICES}

    def values(self) -> dict[str, Any]:
        return {f"notice:{name}": self.cleaned_data[name] for name in NOTICES}


def _field_name(service: Service) -> str:
    return service.code.replace("-", "_")


class ServicesForm(SettingsForm):
    """A service with a notice is closed, and its users read the notice."""

    code, keys, icon = "services", "closed:", "toggles"
    title, lead = "خدمات باز و بسته", "بستن یک خدمت با نوشتن اطلاعیه"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for service in every_service():
            self.fields[_field_name(service)] = fields.PersianCharField(
                label=service.title, required=False, max_length=300, help_text="خالی: باز است."
            )

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        decided = policies("closed:", on)
        return {_field_name(s): decided.get(f"closed:{s.code}", "") for s in every_service()}

    def values(self) -> dict[str, Any]:
        return {f"closed:{s.code}": self.cleaned_data[_field_name(s)] for s in every_service()}


BY_RULE, REQUIRED, OPTIONAL = "rule", "required", "optional"
NEEDS = [(BY_RULE, "به حکم قاعده"), (REQUIRED, "همیشه الزامی"), (OPTIONAL, "هرگز الزامی نیست")]


class ScansForm(SettingsForm):
    code, keys, icon = "scans", "scans:", "image"
    title, lead = "مدارک هر خدمت", "کدام تصویر همیشه یا هرگز الزامی نیست"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for service, scan in _every_scan():
            self.fields[f"{_field_name(service)}__{scan.code}"] = forms.ChoiceField(
                label=f"{service.title}: {scan.title}", choices=NEEDS
            )

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        decided = policies("scans:", on)
        words = {True: REQUIRED, False: OPTIONAL, None: BY_RULE}
        return {
            f"{_field_name(service)}__{scan.code}": words[
                decided.get(f"scans:{service.code}", {}).get(scan.code)
            ]
            for service, scan in _every_scan()
        }

    def values(self) -> dict[str, Any]:
        decided: dict[str, dict[str, bool]] = {f"scans:{s.code}": {} for s in every_service() if s.scans}
        for service, scan in _every_scan():
            chosen = self.cleaned_data[f"{_field_name(service)}__{scan.code}"]
            if chosen != BY_RULE:
                decided[f"scans:{service.code}"][scan.code] = chosen == REQUIRED
        return decided


def _every_scan() -> list[tuple[Service, Scan]]:
    return [(service, scan) for service in every_service() for scan in service.scans]


class KindForm(forms.Form):
    code = forms.RegexField(
        r"^[a-z][a-z-]{1,30}$",
        label="شناسه",
        error_messages={"required": "این خانه را پر کنید.", "invalid": "حرف کوچک لاتین، مانند general"},
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none"}),
    )
    title = fields.PersianCharField(label="نام", max_length=100)
    months = fields.WholeNumberField(label="اعتبار (ماه)", least=1, most=240)


class BookletsForm(SettingsForm):
    code, keys, icon = "booklets", booklets.KEY, "journal-text"
    title, lead = "انواع دفترچه", "نام و مدت اعتبار هر نوع"

    kinds = RowsField(KindForm, label="انواع دفترچه", least=1, most=10)

    def clean_kinds(self) -> list[dict[str, Any]]:
        kinds: list[dict[str, Any]] = self.cleaned_data["kinds"]
        codes = [kind["code"] for kind in kinds]
        if twice := [code for code in codes if codes.count(code) > 1]:
            raise forms.ValidationError(f"شناسهٔ «{twice[0]}» از آن دو نوع است؛ هر نوع شناسهٔ خود را دارد.")
        return kinds

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        return {"kinds": [asdict(kind) for kind in booklets.kinds(on)]}

    def values(self) -> dict[str, Any]:
        return {booklets.KEY: self.cleaned_data["kinds"]}


class RuleForm(forms.Form):
    relation = forms.ChoiceField(label="نسبت", choices=[("", "—"), *Relation.choices])
    min_age = fields.WholeNumberField(label="از سن", most=120)
    max_age = fields.WholeNumberField(label="تا پیش از سن", most=120, required=False)
    condition = forms.ChoiceField(
        label="شرط", choices=[("", "بدون شرط"), *eligibility.Condition.choices], required=False
    )
    needs = forms.MultipleChoiceField(
        label="مدرک",
        choices=eligibility.DOCUMENTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    basis = fields.PersianCharField(label="مبنای قانونی", max_length=200)

    def clean(self) -> None:
        least, most = self.cleaned_data.get("min_age"), self.cleaned_data.get("max_age")
        if least is not None and most is not None and most <= least:
            self.add_error("max_age", "از «از سن» بیشتر باشد.")


class EligibilityForm(SettingsForm):
    code, keys, icon = "eligibility", eligibility.KEY, "people"
    title, lead = "شرایط افراد تبعی", "سن، شرط، مدرک و مبنای قانونی"

    rules = RowsField(RuleForm, label="شرایط افراد تبعی", least=1, most=40)

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        return {"rules": [asdict(rule) | {"needs": list(rule.needs)} for rule in eligibility.rules(on)]}

    def values(self) -> dict[str, Any]:
        return {eligibility.KEY: self.cleaned_data["rules"]}


class HolidayForm(forms.Form):
    day = fields.JalaliDateField(label="روز")
    title = fields.PersianCharField(label="مناسبت", max_length=80)


class HolidaysForm(SettingsForm):
    code, keys, icon = "holidays", days.KEY, "clock-history"
    title, lead = "تعطیلات", "روزهایی که روز کاری شمرده نمی‌شود"

    holidays = RowsField(HolidayForm, label="روزهای تعطیل", least=0, most=60, required=False)

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        return {
            "holidays": [{"day": d.isoformat(), "title": t} for d, t in sorted(days.holidays(on).items())]
        }

    def values(self) -> dict[str, Any]:
        return {days.KEY: self.cleaned_data["holidays"] or []}


class UploadForm(SettingsForm):
    code, keys, icon = "upload", LIMIT_KEY, "camera"
    title, lead = "حجم تصویر", "سقف حجم هر تصویر"

    kilobytes = fields.WholeNumberField(
        label="سقف حجم هر تصویر (کیلوبایت)", least=LIMITS[0], most=LIMITS[1], help_text="بیشترین: ۲۰۰."
    )

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        return {"kilobytes": policy(LIMIT_KEY, LIMITS[1], on)}

    def values(self) -> dict[str, Any]:
        return {LIMIT_KEY: self.cleaned_data["kilobytes"]}


class ExportForm(SettingsForm):
    code, keys, icon = "exports", BULK, "file-earmark-spreadsheet"
    title, lead = "فایل اکسل بزرگ", "از چند نفر به بالا تأیید دوم می‌خواهد"

    people = fields.WholeNumberField(
        label="بدون تأیید دوم تا (نفر)", least=0, most=MOST, help_text="بیشترین: ۵۰۰."
    )

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        return {"people": policy(BULK, MOST, on)}

    def values(self) -> dict[str, Any]:
        return {BULK: self.cleaned_data["people"]}


def _days(thing: Thing) -> fields.WholeNumberField:
    return fields.WholeNumberField(
        label=f"{thing.label} (روز)", least=1, most=LONGEST, required=False, help_text="خالی: برای همیشه."
    )


class KeepForm(forms.Form):
    service = forms.ChoiceField(label="نوع درخواست", required=False)
    state = forms.ChoiceField(label="وضعیت", choices=[("", "—"), *Kept.choices])
    days = fields.WholeNumberField(label="روز", least=1, most=LONGEST, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(service.code, service.title) for service in every_service()]
        self.fields["service"].choices = [("", "همهٔ انواع"), *choices]  # type: ignore[attr-defined]


class RetentionForm(SettingsForm):
    code, keys, icon = "retention", periods.KEY, "archive"
    title, lead = "مدت نگهداری", "چه چیز پس از چند روز پاک می‌شود"

    cases = RowsField(
        KeepForm,
        label="درخواست‌ها",
        most=40,
        help_text="از پایان درخواست، و برای پیش‌نویس از آخرین کار با آن. روز خالی: برای همیشه.",
    )
    pictures = _days(Thing.PICTURES)
    notices = _days(Thing.NOTICES)
    letters = _days(Thing.LETTERS)
    visits = _days(Thing.VISITS)

    def clean_cases(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.cleaned_data["cases"]
        named = [(row["service"], row["state"]) for row in rows]
        if any(named.count(pair) > 1 for pair in named):
            raise forms.ValidationError("برای هر نوع و وضعیت تنها یک مدت بنویسید.")
        return rows

    @classmethod
    def current(cls, on: datetime.date | None = None) -> dict[str, Any]:
        return {"cases": [asdict(rule) for rule in periods.periods(on)], **periods.thing_days(on)}

    def values(self) -> dict[str, Any]:
        things = {thing.value: self.cleaned_data[thing.value] for thing in Thing}
        return {periods.CASES: self.cleaned_data["cases"], periods.REST: things}


GROUPS: tuple[type[SettingsForm], ...] = (
    LetterheadForm,
    NoticesForm,
    ServicesForm,
    ScansForm,
    BookletsForm,
    EligibilityForm,
    HolidaysForm,
    UploadForm,
    ExportForm,
    RetentionForm,
)
