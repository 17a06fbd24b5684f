"""Why an operation did not happen: each says what to tell the person who asked."""

from collections.abc import Sequence

from pishkhan.persian.calendar import show_datetime

from .models import Case

Marks = Sequence[dict[str, str]]
"""What must be corrected: {target, label, reason} each (see `Case`)."""


class CaseMovedOnError(Exception):
    """Somebody else was first, or the case is no longer where the asker saw it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.last = case.events.select_related("user").order_by("-id").first()
        super().__init__(f"case {case.pk} is {case.state}")

    @property
    def message(self) -> str:
        """What happened meanwhile and who did it, for those who signed in."""
        return self._told(f" ({self.last.user})" if self.last and self.last.user else "")

    @property
    def public_message(self) -> str:
        """The same without the names of users."""
        return self._told("")

    def _told(self, who: str) -> str:
        last = self.last
        what = f"؛ آخرین رویداد: {last.title}{who}، {show_datetime(last.at)}" if last else ""
        return f"این درخواست اکنون «{self.case.state_label}» است{what}. کار شما انجام نشد."


EXPLAIN = "explain:"
SAY_A_WORD = "اگر درست است، در یک جمله بنویسید چرا؛ شعبه آن را می‌خواند."


class NotReadyError(Exception):
    """A case cannot be sent yet: `errors` maps fields, `scan:` kinds, and `explain:` cautions that nothing
    was said about, to messages."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(", ".join(errors))


class ImagesMissingError(Exception):
    """The workshop has not recorded its signature and stamp (R24)."""


class ReasonMissingError(Exception):
    """Returning, refusing and rejecting need a reason."""

    def __init__(self, message: str = "دلیل را بنویسید؛ فرستنده همین را می‌خواند.") -> None:
        self.message = message
        super().__init__(message)


class NobodyCorrectsError(ReasonMissingError):
    """A request whose workshop was closed is not returned: nobody there could send it again."""

    def __init__(self) -> None:
        super().__init__(
            "این کارگاه بسته شده است و کسی نیست که اصلاح کند؛ درخواست را تأیید کنید و اگر نمی‌شود رد کنید."
        )


class ServiceClosedError(Exception):
    """The branch does not offer the service now; `notice` is what it tells its users."""

    def __init__(self, notice: str) -> None:
        self.notice = notice
        super().__init__(notice)
