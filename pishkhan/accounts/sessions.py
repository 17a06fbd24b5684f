"""Sessions in the database, each with its user: one query tells who is asking."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from .models import Session, User


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
        alive = Session.objects.filter(session_key=self.session_key, expire_date__gt=timezone.now())
        self.row = alive.select_related("user").first()
        if self.row is None:
            self._session_key = None
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.user_id = data.get(SESSION_KEY)
        return row
