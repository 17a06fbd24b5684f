"""Inputs, selects and text areas drawn by macros of ours: Django's templates include one another for each."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.forms.renderers import Jinja2
from django.http import HttpRequest
from django.template import engines
from jinja2 import Environment

INPUTS = ("text", "number", "email", "tel", "password", "hidden", "radio_option", "checkbox_option")
MACROS = {f"django/forms/widgets/{name}.html": "input" for name in INPUTS} | {
    f"django/forms/widgets/{name}.html": name for name in ("select", "textarea")
}


class Renderer(Jinja2):
    """Django's own, for everything else."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        macro = MACROS.get(template_name)
        if macro is None or context["widget"].get("wrap_label"):
            return str(super().render(template_name, context, request))
        return str(_macro(macro)(context["widget"]))


@cache
def _macro(name: str) -> Callable[[dict[str, Any]], str]:
    env: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    drawn: Callable[[dict[str, Any]], str] = getattr(env.get_template("macros/widgets.html").module, name)
    return drawn
