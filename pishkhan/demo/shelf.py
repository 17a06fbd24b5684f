"""The booklets of a run: who holds which, and those that were replaced."""

import datetime as dt
from functools import lru_cache

from pishkhan.people.booklets import kinds
from pishkhan.people.models import Booklet
from pishkhan.persian.calendar import jalali_year_month, months_later
from pishkhan.persian.identifiers import check_digit

from .days import date_of
from .roster import Holder, Issued
from .tables import Table

COLUMNS = (
    *("person_id", "kind", "title", "serial", "issued_on", "valid_until", "ended_on", "ended_because"),
    "case_id",
)


class Shelf:
    """A booklet is written when the next one is issued, or at the end: only then is it known how it ended."""

    def __init__(self) -> None:
        self.booklets = Table(Booklet, *COLUMNS)
        self.kinds = {kind.code: kind for kind in kinds()}
        self.until = lru_cache(maxsize=4096)(self._until)

    def issue(
        self, holder: Holder, kind: str, moment: int, because: str = "", case_id: int | None = None
    ) -> None:
        """As `people.booklets.issue_booklet` does."""
        if holder.booklet:
            self._write(holder, holder.booklet, date_of(moment), because)
        holder.booklet = Issued(kind, moment, case_id)

    def put_away(self, holder: Holder) -> None:
        """The last booklet of somebody is the current one."""
        if holder.booklet:
            self._write(holder, holder.booklet, None, "")

    def has_expired(self, booklet: Issued, moment: int) -> bool:
        return self.until(date_of(booklet.at), booklet.kind)[1] < date_of(moment)

    def _write(self, holder: Holder, booklet: Issued, ended: str | None, because: str) -> None:
        day = date_of(booklet.at)
        month, until = self.until(day, booklet.kind)
        body = f"{month}{self.booklets.last + 1:07}"
        serial, title = f"{body}{check_digit(body)}", self.kinds[booklet.kind].title
        self.booklets.add(
            *(holder.id, booklet.kind, title, serial, day, until, ended, because, booklet.case_id)
        )

    def _until(self, day: str, kind: str) -> tuple[str, str]:
        """The month as serials carry it, and the last day of a booklet issued on that day."""
        issued = dt.date.fromisoformat(day)
        return jalali_year_month(issued), months_later(issued, self.kinds[kind].months).isoformat()
