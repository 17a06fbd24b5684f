"""The kinds of scans that services ask for. Known kinds belong to a person and are used again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

Answers = dict[str, Any]


def always(answers: Answers) -> bool:
    return True


@dataclass(frozen=True)
class Scan:
    """One picture that is asked for: its code, its name, a hint, and when it is required.

    `when` tells from the answers whether it must be there; a scan that is not required may still be added.
    `known` scans are kept with the person and offered again, for so many years if `fresh_years` is told.
    """

    code: str
    title: str
    hint: str = ""
    when: Callable[[Answers], bool] = always
    known: bool = False
    fresh_years: int | None = None
    shape: str = "page"


def never(answers: Answers) -> bool:
    return False


def when(scan: "Scan", wanted: Callable[[Answers], bool]) -> "Scan":
    """The same kind of scan, required by another rule."""
    return replace(scan, when=wanted)


PHOTO = Scan(
    "photo",
    "عکس پرسنلی ۳×۴",
    "تمام‌رخ، زمینهٔ روشن، از پنج سال گذشته",
    known=True,
    fresh_years=5,
    shape="photo",
)
NATIONAL_CARD_FRONT = Scan(
    "national_card_front", "کارت ملی (رو)", "همهٔ چهار گوشهٔ کارت پیدا باشد", known=True, shape="card"
)
NATIONAL_CARD_BACK = Scan(
    "national_card_back", "کارت ملی (پشت)", "همهٔ چهار گوشهٔ کارت پیدا باشد", known=True, shape="card"
)
BIRTH_CERTIFICATE_1 = Scan(
    "birth_certificate_1", "شناسنامه، صفحهٔ ۱", "صفحهٔ مشخصات، خوانا و بدون سایه", known=True
)
BIRTH_CERTIFICATE_2 = Scan(
    "birth_certificate_2", "شناسنامه، صفحهٔ ۲", "صفحهٔ همسر و فرزندان؛ اگر خالی است همان صفحهٔ خالی", known=True
)
BIRTH_CERTIFICATE_REMARKS = Scan(
    "birth_certificate_remarks", "شناسنامه، صفحهٔ توضیحات", "تنها اگر در آن چیزی نوشته شده است", when=never
)
QUESTIONNAIRE = Scan(
    "questionnaire",
    "پرسش‌نامهٔ نام‌نویسی",
    "فرم آن را کارفرما یا شعبه می‌دهد؛ با امضای بیمه‌شده و مهر و امضای کارگاه",
)
MARRIAGE_CERTIFICATE = Scan("marriage_certificate", "سند ازدواج", "صفحهٔ مشخصات زوجین", when=never)
STUDY_CERTIFICATE = Scan(
    "study_certificate", "گواهی اشتغال به تحصیل", "از مدرسه یا دانشگاه، برای همین نیم‌سال", when=never
)
MEDICAL_OPINION = Scan(
    "medical_opinion", "نظر کمیسیون پزشکی", "رأی کمیسیون مادهٔ ۹۱ دربارهٔ ازکارافتادگی", when=never
)
UNDERTAKING = Scan("undertaking", "تعهدنامه", "با امضا و اثر انگشت بیمه‌شدهٔ اصلی", when=never)
SPONSORSHIP_REPORT = Scan("sponsorship_report", "گزارش بازرسی کفالت", "شعبه پس از بازرسی می‌دهد", when=never)
CUSTODY_ORDER = Scan("custody_order", "حکم حضانت", "اگر مادر بیمه‌شده سرپرست فرزند است", when=never)
OLD_BOOKLET = Scan("old_booklet", "دفترچهٔ پیشین", "جلد و صفحهٔ آخر، کنار هم در یک عکس", when=never)
PENALTY_RECEIPT = Scan(
    "penalty_receipt",
    "رسید جریمهٔ المثنی",
    "بار نخست نیم، و از بار دوم یک روز حداقل دستمزد",
    when=never,
)
POLICE_REPORT = Scan("police_report", "گزارش انتظامی یا بحران", "گزارش سرقت یا حادثه", when=never)
CLAIM_FORM = Scan("claim_form", "فرم ادعای سابقه", "با امضای بیمه‌شده")
CLAIM_EVIDENCE = Scan("claim_evidence", "مدرک اشتغال", "حکم کارگزینی، فیش حقوق یا گواهی بانک از همان دوره")
CLAIM_EVIDENCE_2 = Scan("claim_evidence_2", "مدرک اشتغال (دوم)", "اگر مدرک دیگری هست", when=never)
INTRODUCTION_LETTER = Scan("introduction_letter", "معرفی‌نامهٔ نماینده", "با مهر و امضای کارفرما")
REPRESENTATIVE_CARD = Scan("representative_card", "کارت ملی نماینده (رو)", "همهٔ چهار گوشهٔ کارت پیدا باشد")
