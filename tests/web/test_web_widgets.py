"""What is drawn by macros of ours looks as Django draws it."""

import re

import pytest
from django import forms
from django.forms.renderers import Jinja2

from pishkhan.catalogue.service import every_service
from pishkhan.inspections.forms import WorkerForm
from pishkhan.web.searching import SearchForm
from pishkhan.web.templating import control
from pishkhan.web.widgets import Renderer

HOSTILE = "</option></textarea>\"'><script>&amp;\nدو"


class Everything(forms.Form):
    """Each kind of control, with attributes that are there or are not."""

    text = forms.CharField(widget=forms.TextInput(attrs={"placeholder": HOSTILE, "hidden": True, "x": False}))
    number = forms.IntegerField(min_value=0, max_value=9)
    email = forms.EmailField()
    password = forms.CharField(widget=forms.PasswordInput(render_value=True))
    hidden = forms.CharField(widget=forms.HiddenInput)
    long = forms.CharField(widget=forms.Textarea(attrs={"class": "wide"}))
    one = forms.ChoiceField(choices=[("", "—"), (HOSTILE, HOSTILE), ("گروه", [("a", "الف"), (3, "سه")])])
    several = forms.MultipleChoiceField(choices=[("a", "الف")], widget=forms.CheckboxSelectMultiple)
    radio = forms.ChoiceField(choices=[("a", "الف"), (HOSTILE, "ب")], widget=forms.RadioSelect)
    tick = forms.BooleanField()
    file = forms.FileField()


pytestmark = pytest.mark.django_db
FORMS = [Everything, SearchForm, WorkerForm, *(page.form for s in every_service() for page in s.pages)]


def drawn(form: forms.Form, renderer: Jinja2) -> list[str]:
    """Every control of the form, as its page shows it, without white space between its parts."""
    form.renderer = renderer
    parts = []
    for bound in form:
        parts += [choice.tag() for choice in bound] if bound.use_fieldset else []
        parts += [control(bound), bound.as_widget(), bound.as_hidden()]
    return [re.sub(r">\s+<", "><", part) for part in parts]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("value", [None, "", "a", HOSTILE], ids=["none", "empty", "one", "hostile"])
def test_every_control_is_drawn_as_django_draws_it(form, value):
    names = form.base_fields
    initial = form(initial=dict.fromkeys(names, value))
    assert drawn(initial, Renderer()) == drawn(initial, Jinja2())
    sent = form(dict.fromkeys(names, value) if value is not None else {})
    assert drawn(sent, Renderer()) == drawn(sent, Jinja2())
    assert "<script>" not in "".join(drawn(sent, Renderer()))
