"""Sessions in the database, each with its user: one query tells who is asking.

A session ends when nothing was asked with it for `IDLE`, and `LONGEST` after signing in, whatever was asked.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from pishkhan.audit.operations import Author, record
from pishkhan.prepared import Prepared

from .models import Session, User

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
"""How exactly `last_seen_at` is kept: a write on every page would cost more than the page."""
SIGNED_IN_FROM = "signed_in_from"
"""Session key: the browser in words and the mark of the address that signed in."""

_of_key = Prepared(lambda key: Session.objects.filter(session_key=key).select_related("user"), str)


class SessionStore(DatabaseStore):
    """Django's own, but reads the user together with the session."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @property
    def user(self) -> User | None:
        """Who signed in with this session, if anybody did."""
        signed_in = self.get(SESSION_KEY)  # reads the session when it has not been read
        return self.row.user if signed_in and self.row and str(self.row.user_id) == signed_in else None

    @property
    def is_over(self) -> bool:
        """Whether its user must sign in again: idle for too long, or signed in long ago."""
        now = timezone.now()
        row = self.row
        return bool(
            row
            and row.signed_in_at
            and row.last_seen_at
            and (now - row.last_seen_at > IDLE or now - row.signed_in_at > LONGEST)
        )

    def see(self) -> None:
        """Notes that its user is here, at most once in `SEEN_EVERY`."""
        now = timezone.now()
        if self.row and self.row.last_seen_at and now - self.row.last_seen_at > SEEN_EVERY:
            Session.objects.filter(pk=self.row.pk).update(last_seen_at=now)

    def cycle_key(self) -> None:
        self.row = None  # who signs in again begins a new session, with its own time
        super().cycle_key()

    def _get_session_from_db(self) -> Session | None:
        found = _of_key(self.session_key or "")
        self.row = found[0] if found and found[0].expire_date > timezone.now() else None
        if self.row is None:
            self._session_key = None
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.user_id = data.get(SESSION_KEY)
        if row.user_id:
            before = self.row if self.row and str(self.row.user_id) == row.user_id else None
            row.last_seen_at = timezone.now()
            row.signed_in_at = before.signed_in_at if before else row.last_seen_at
            row.agent, row.source = data.get(SIGNED_IN_FROM, ("", ""))
        return row


def sessions_of(user: User) -> list[Session]:
    """The user's sessions that still go on, the one used last first."""
    now = timezone.now()
    going_on = user.sessions.filter(last_seen_at__gt=now - IDLE, signed_in_at__gt=now - LONGEST)
    return list(going_on.filter(expire_date__gt=now).order_by("-last_seen_at", "-signed_in_at"))


def forget_ended_sessions(user: User) -> None:
    """Takes away the rows of sessions that ended by themselves."""
    now = timezone.now()
    user.sessions.filter(Q(last_seen_at__lt=now - IDLE) | Q(signed_in_at__lt=now - LONGEST)).delete()


def session_mark(session: Session) -> str:
    """What names a session in a page: its key would open it."""
    return str(salted_hmac("pishkhan.accounts.session", session.pk, algorithm="sha256").hexdigest()[:32])


@transaction.atomic
def end_session(user: User, mark: str, *, by: Author) -> bool:
    """Signs out one of the user's browsers; False when there is none with that mark (any more)."""
    for session in user.sessions.all():
        if constant_time_compare(session_mark(session), mark):
            session.delete()
            record("session ended", by=by, about=f"user:{user.pk}", agent=session.agent)
            return True
    return False


@transaction.atomic
def end_sessions(user: User, *, by: Author, but: str | None = None) -> int:
    """Signs out everywhere, except in the session with the key `but`; returns how many ended."""
    ended, _ = user.sessions.exclude(pk=but or "").delete()
    if ended:
        record("sessions ended", by=by, about=f"user:{user.pk}", number=ended)
    return ended
