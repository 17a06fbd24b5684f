"""Sessions in the database, each with its user: one query tells who is asking."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from pishkhan.prepared import Prepared

from .models import Session, User

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
        return row
