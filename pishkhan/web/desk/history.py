"""What the trail holds of an account, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pishkhan.accounts.models import User
from pishkhan.approvals.models import Action
from pishkhan.audit.models import Entry
from pishkhan.catalogue.parties import Unit
from pishkhan.catalogue.service import every_service
from pishkhan.workshops.models import Workshop

SHOWN = 50
WORDS = {
    "account created": "حساب ساخته شد",
    "password reset": "رمز یک‌بارمصرف تازه داده شد",
    "password changed": "رمز عبور تغییر کرد",
    "particulars edited": "مشخصات کاربر ویرایش شد",
    "deactivated": "حساب غیرفعال شد",
    "reactivated": "حساب دوباره فعال شد",
    "staff post given": "در شعبه سمت گرفت",
    "staff post changed": "سمت تغییر کرد",
    "representation given": "نمایندهٔ کارگاه شد",
    "representation ended": "نمایندگی کارگاه پایان یافت",
    "signed in": "وارد سامانه شد",
    "signed out": "از سامانه خارج شد",
    "sign-in tried": "رمزی برای ورود سنجیده شد",
    "sign-in failed": "ورود ناموفق با این نام کاربری",
    "second step failed": "کد یا گذرکلید نادرست در گام دوم ورود",
    "second factor not proved": "کد نادرست هنگام افزودن برنامهٔ کدساز",
    "second factor added": "گام دوم ورود افزوده شد",
    "second factor removed": "گام دوم ورود برداشته شد",
    "recovery codes made": "کدهای بازیابی تازه ساخته شد",
    "recovery code used": "کد بازیابی به کار رفت",
    "passkey copied": "گذرکلیدی نپذیرفتنی: گویا از آن رونوشت گرفته‌اند",
    "password asked again failed": "رمز فعلی نادرست هنگام تغییر رمز یا گام دوم ورود",
    "session ended": "یک نشست باز پایان داده شد",
    "sessions ended": "نشست‌های باز پایان داده شد",
    "workshop changed": "کارگاه یک درخواست را تغییر داد",
    "workshop opened": "کارگاه ثبت کرد",
    "workshop edited": "اطلاعات کارگاه را ویرایش کرد",
    "workshop closed": "کارگاه را بست",
    "workshop reopened": "کارگاه را دوباره باز کرد",
    "workshop code unknown": "کد کارگاهی نوشت که نیست",
    "signature set": "امضای کارگاه را ثبت کرد",
    "stamp set": "مهر کارگاه را ثبت کرد",
    "draft started": "درخواستی آغاز کرد",
    "draft discarded": "پیش‌نویسی را دور انداخت",
    "answers saved": "پاسخ‌های درخواستی را ذخیره کرد",
    "cautions explained": "دربارهٔ تردیدهای درخواستی توضیح داد",
    "scan attached": "تصویر مدرکی را پیوست کرد",
    "scan removed": "تصویر مدرکی را برداشت",
    "scan opened": "تصویر مدرکی را دید",
    "scan kept": "تصویر مدرکی در پروندهٔ شخص نگه داشته شد",
    "archived": "درخواستی را بایگانی کرد",
    "unarchived": "درخواستی را از بایگانی بیرون آورد",
    "draft expired": "پیش‌نویسی پس از مدت نگهداری پاک شد",
    "case erased": "اطلاعات شخص از درخواستی پاک شد",
    "retention applied": "مدت نگهداری اعمال شد",
    "hold put": "حذف را توقیف کرد",
    "hold lifted": "توقیف حذف را برداشت",
    "person exported": "داده‌های شخصی را دریافت کرد",
    "person erased": "داده‌های شخصی را پاک کرد",
    "case send": "درخواستی را فرستاد",
    "case take": "درخواستی را برای بررسی برداشت",
    "case confirm": "درخواستی را تأیید کرد",
    "case return": "درخواستی را برای رفع نقص برگرداند",
    "case refuse": "درخواستی را نپذیرفت",
    "case close": "درخواستی را با بستن کارگاه رد کرد",
    "case reject": "درخواستی را رد کرد",
    "case withdraw": "از درخواستی انصراف داد",
    "bot check passed": "از بررسی خودکار ضد ربات گذشت",
    "no bot check": "فرمی بدون بررسی خودکار ضد ربات فرستاد",
    "searched in vain": "کد ملی کسی را جست‌وجو کرد که پیدا نشد",
    "told of another request": "به درخواستی در جریان برای همان شخص برخورد",
    "case viewed": "درخواستی را دید",
    "case followed": "درخواستی را با کد رهگیری پیگیری کرد",
    "follow-up tried": "کد رهگیری و کد ملی را آزمود",
    "follow-up failed": "پیگیری ناموفق",
    "person registered": "شخصی به فهرست بیمه‌شدگان افزوده شد",
    "person updated": "اطلاعات شخصی به‌روز شد",
    "employment registered": "اشتغال شخصی ثبت شد",
    "dependent added": "فرد تبعی افزوده شد",
    "record added": "سابقه‌ای افزوده شد",
    "record removed": "سابقه‌ای حذف شد",
    "employment ended": "پایان اشتغال شخصی ثبت شد",
    "dependent ended": "پایان کفالت فرد تبعی ثبت شد",
    "insured exported": "لیست بیمه‌شدگان را در فایل اکسل گرفت",
    "booklet issued": "دفترچه صادر شد",
    "person viewed": "پروندهٔ شخصی را دید",
    "letter issued": "نامه‌ای صادر شد",
    "letter opened": "نامه‌ای را گشود",
    "letter check failed": "کد نامه‌ای نوشت که نیست",
    "inspection recorded": "بازدیدی ثبت کرد",
    "inspections imported": "بازدیدها را از فایل وارد کرد",
    "inspection edit": "بازدیدی را ویرایش کرد",
    "inspection discard": "پیش‌نویس بازدیدی را حذف کرد",
    "inspection publish": "بازدیدی را ابلاغ کرد",
    "inspection acknowledge": "گزارش بازدید را رؤیت کرد",
    "inspection object": "به گزارش بازدید اعتراض کرد",
    "inspection accept": "اعتراضی را پذیرفت",
    "inspection reject": "اعتراضی را رد کرد",
    "objection scan opened": "تصویر پیوست اعتراضی را دید",
    "policy decided": "تنظیمی از شعبه را تغییر داد",
    "approval asked": "تأیید دوم خواست",
    "approval given": "تأیید دوم داد",
    "approval refused": "تأیید دوم را نپذیرفت",
    "approval withdrawn": "خواستهٔ تأیید دوم را پس گرفت",
    "approval used": "آنچه تأیید دوم گرفته بود انجام شد",
    "done in an emergency": "بدون تأیید دوم، از خط فرمان، انجام شد",
    "backed up": "پشتیبان گرفته شد",
    "restored": "از پشتیبان بازگردانده شد",
    "keys rotated": "کلید رمزنگاری مدارک را عوض کرد",
    "key retired": "کلید رمزنگاری قدیمی مدارک را حذف کرد",
    "branch prepared": "اطلاعات شعبه آماده شد",
    "head mailed": "آخرین مهروموم رویدادها با پست الکترونیکی فرستاده شد",
    "demo data made": "دادهٔ نمایشی ساخته شد",
}
AUTHORS = {"system": "سامانه", "public": "بازدیدکننده"}
FIELDS = {field.name: str(field.verbose_name) for model in (Workshop, User) for field in model._meta.fields}
SCANS = {scan.code: scan.title for service in every_service() for scan in service.scans}
SCANS |= {"signature": "امضای کارفرما", "stamp": "مهر کارگاه"}
QUESTIONS = {name: str(field.label) for service in every_service() for name, field in service.fields()}


@dataclass(frozen=True)
class Line:
    at: datetime
    words: str
    more: str
    author: str
    by_owner: bool


def history_of(user: User, before: int | None) -> tuple[list[Line], int | None]:
    """The latest entries about the account or by its user, and where the older ones begin (None: nowhere)."""
    entries = Entry.objects.of_account(user.pk, SHOWN + 1, before)
    older = entries[SHOWN - 1].pk if len(entries) > SHOWN else None
    return [_line(entry, user) for entry in entries[:SHOWN]], older


def _line(entry: Entry, user: User) -> Line:
    author = AUTHORS.get(entry.author, entry.author)
    words = WORDS.get(entry.action, entry.action)
    return Line(entry.at, words, more_of(entry.about, entry.details), author, entry.user_id == user.pk)


def more_of(about: str, details: dict[str, Any]) -> str:
    """What the entry says beyond its action, as far as people need it."""
    labels = FIELDS if about.startswith(("user:", "workshop:")) else QUESTIONS
    parts = [labels[name] for name in details.get("fields", []) if name in labels]
    parts += [str(details[name]) for name in ("code", "reason") if details.get(name)]
    if details.get("unit") in Unit.values:
        parts.append(Unit(details["unit"]).label)
    if details.get("kind") in SCANS:
        parts.append(SCANS[details["kind"]])
    if details.get("what") in Action.values:
        parts.append(str(Action(details["what"]).label))
    if details.get("senior"):
        parts.append("کاربر ارشد")
    return "، ".join(parts)
