"""`pishkhan check`: without its fonts the portal prints no letter."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from .press import FontsMissingError, fonts


@register()
def check_fonts(app_configs: Any, **options: Any) -> list[CheckMessage]:
    try:
        fonts()
    except FontsMissingError as missing:
        return [Error(str(missing), hint="Run script/install.sh.", id="pishkhan.E002")]
    return []
