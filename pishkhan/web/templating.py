"""The Jinja2 environment: Persian digits and Jalali dates as filters, the few globals that pages need."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.messages import get_messages
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString
from jinja2 import Environment, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import _escape_inner, escape  # type: ignore[attr-defined]

from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Unit
from pishkhan.documents.operations import upload_limit
from pishkhan.inspections.states import State as Visit
from pishkhan.persian.calendar import show_date, show_datetime, show_distance, show_long_date
from pishkhan.persian.digits import to_persian
from pishkhan.policy.operations import policy

from .bot_check import FIELD, challenge
from .guide import help_address

LOOKS: dict[str, tuple[str, str]] = {
    State.DRAFT: ("muted", "pencil"),
    State.AWAITING_EMPLOYER: ("waiting", "hourglass-split"),
    State.SUBMITTED: ("info", "send"),
    State.UNDER_REVIEW: ("info", "eye"),
    State.RETURNED: ("returned", "arrow-90deg-left"),
    State.COMPLETED: ("done", "check-lg"),
    State.REJECTED: ("returned", "x-lg"),
    State.WITHDRAWN: ("muted", "x-circle"),
    Visit.PUBLISHED: ("info", "send"),
    Visit.ACKNOWLEDGED: ("done", "eye"),
    Visit.OBJECTED: ("waiting", "flag"),
    Visit.OBJECTION_ACCEPTED: ("done", "check-lg"),
    Visit.OBJECTION_REJECTED: ("returned", "x-lg"),
}
"""The colour and icon of each state of a case or of a visit; its words are always beside them."""

LABELS = {str(each): str(each.label) for states in (Visit, State) for each in states}


def look(state: str) -> tuple[str, str]:
    return LOOKS[state]


@lru_cache(maxsize=512)
def _address(name: str, args: tuple[Any, ...]) -> str:
    return reverse(name, args=args)


def url(name: str, args: Sequence[Any] = ()) -> str:
    """The address of a page; those of a page's menu are asked for again and again."""
    return _address(name, tuple(args))


@cache
def icon(name: str) -> SafeString:
    """One of the icons in `icons.txt`; always beside words, or in a button that has hidden ones."""
    drawing = f"{static('vendor/icons.svg')}#{name}"
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', drawing
    )


@cache
def state_mark(state: str) -> SafeString:
    """The state of a case or of a visit: icon and words on its colour."""
    colour, symbol = look(state)
    return format_html('<span class="state {}">{} {}</span>', colour, icon(symbol), LABELS[state])


def control(bound: BoundField) -> SafeString:
    """A form field's input, select or text area with the look's classes."""
    widget = bound.field.widget
    kind = "form-select" if isinstance(widget, forms.Select) else "form-control"
    attrs: dict[str, Any] = {"class": f"{kind} {widget.attrs.get('class', '')}".strip()}
    if isinstance(widget, forms.Textarea):
        attrs["rows"] = 3
    return bound.as_widget(attrs=attrs)


def work(form: str) -> SafeString:
    """The hidden field of a public form that the browser's work for it goes into (`bot_check`)."""
    return format_html('<input type="hidden" name="{}" data-challenge="{}">', FIELD, challenge(form))


_drawn: dict[str, str] = {}


def drawn_once(name: str, caller: Callable[[], str]) -> str:
    """A part of a template that looks the same on every page; one without a name is drawn each time."""
    if not name:
        return caller()
    if name not in _drawn:
        _drawn[name] = caller()
    return _drawn[name]


def at_most_99(count: int) -> str:
    """A bounded count as a badge shows it."""
    return to_persian(count) if count < 100 else "+" + to_persian(99)


def show_username(username: str) -> str:
    """A user name that is a workshop's code is read like the code; any other as it is typed."""
    return to_persian(username) if username.isdecimal() else username


def kilobytes(size: int) -> str:
    return to_persian(max(1, round(size / 1024)))


class PlainOutput(CodeGenerator):
    """Templates put out escaped text as it is, not as markup that nobody asks for any more: docs/speed.md."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)


class RowsFirst(Environment):
    """Looks `row.name` up in a dictionary as an item at once: lists are of plain rows."""

    code_generator_class = PlainOutput

    @staticmethod
    def escaped(value: Any) -> str:
        return _escape_inner(value) if type(value) is str else escape(value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def one_token(request: HttpRequest) -> dict[str, Any]:
    """All forms of a page carry the same CSRF token, masked once a page."""
    return {"csrf_input": SimpleLazyObject(lambda: csrf_input(request))}


def environment(**options: Any) -> Environment:
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    env = RowsFirst(**options)  # autoescape comes with Django's backend
    env.globals.update(
        static=cache(static),
        url=url,
        look=look,
        control=control,
        drawn_once=drawn_once,
        work=work,
        Unit=Unit,
        upload_limit=upload_limit,
        notice=lambda audience: policy(f"notice:{audience}", ""),
        branch_settings=settings.BRANCH,
        messages_of=get_messages,
        help_address=help_address,
        icon=icon,
        state=state_mark,
    )
    env.filters.update(
        persian=to_persian,
        jalali=show_date,
        jalali_time=show_datetime,
        jalali_long=show_long_date,
        ago=show_distance,
        badge=at_most_99,
        kb=kilobytes,
        username=show_username,
        state_label=lambda state: State(state).label,
    )
    return env
