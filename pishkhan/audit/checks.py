"""`pishkhan check`: a trail that is not sealed any more tells of nothing."""

from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError

from .anchors import AnchorsUnreadableError
from .chain import KeyMissingError
from .sealing import trouble

HINT = "Run `pishkhan audit verify`; docs/operating.md, «The trail», tells what to do."


@register()
def check_trail(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Without the key nothing can be written, so nothing is served; a broken chain closes no branch."""
    try:
        why = trouble()
    except KeyMissingError as missing:
        return [Error(str(missing), hint=HINT, id="pishkhan.E005")]
    except AnchorsUnreadableError as unreadable:
        why = str(unreadable)
    except DatabaseError:  # not migrated yet, or not there: others tell
        return []
    return [Warning(f"The trail is not sealed: {why}.", hint=HINT, id="pishkhan.W002")] if why else []
