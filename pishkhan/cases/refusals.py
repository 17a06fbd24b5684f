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
        last = case.events.select_related("user").order_by("-id").first()
        who = f" ({last.user})" if last and last.user else ""
        what = f"؛ آخرین رویداد: {last.title}{who}، {show_datetime(last.at)}" if last else ""
        self.message = f"این درخواست اکنون «{case.state_label}» است{what}. کار شما انجام نشد."
        super().__init__(self.message)


class NotReadyError(Exception):
    """A case cannot be sent yet: `errors` maps fields, and `scan:` kinds, to messages."""

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
