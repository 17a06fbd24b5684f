"""What the scanners from outside are given: every address, every rule with its planted flaw, no host."""

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

from tests.access.bodies import PATTERNS
from trust.tools import bandit, sbom, semgrep
from trust.tools.accepting import judged
from trust.tools.entering import NOT_SENT_TO, not_scanned
from trust.tools.schemathesis import ENDS_THE_SESSION, addresses
from trust.tools.visiting import Found, Sending, Visitor, route_of, sending

ROOT = Path(__file__).resolve().parents[2]


def test_a_route_that_no_visitor_comes_to_is_told():
    assert not_scanned(set(PATTERNS) - {"queue"}) == ["queue"]
    assert not_scanned(set(PATTERNS)) == []


def test_only_routes_that_there_are_have_an_excuse():
    assert set(PATTERNS) >= NOT_SENT_TO.keys() | ENDS_THE_SESSION


def test_every_address_is_described():
    described = {route_of(re.sub(r"\{\w+\}", "1", path)) for path in addresses()}
    assert described == set(PATTERNS) - ENDS_THE_SESSION


def test_no_part_of_an_address_can_hold_a_quote():
    """So that no address need be scanned itself: what is not a number or a slug is no address."""
    converters = {
        type(converter).__name__
        for ways in get_resolver("pishkhan.urls").reverse_dict.values()
        for converter in ways[3].values()
    }
    assert converters == {"IntConverter", "SlugConverter"}


def test_a_page_is_read_as_a_browser_sends_it():
    page = """<a href="/insured/?tab=active">x</a>
        <form method="post" action="/desk/queue/?tab=all">
        <input name="text" value="ab"><input type="file" name="scan">
        <select name="service"><option value=""><option value="x" selected></select>
        <button name="send" value="1"></form>
        <button form="row-form" formaction="/desk/cases/7/take/">"""
    found = Found(page)
    assert found.links == ["/insured/?tab=active"]
    assert ("POST", "/desk/cases/7/take/", {}) in found.forms
    _, action, fields = next(form for form in found.forms if form[2])
    asked = sending(Visitor("host", "senior"), "POST", action, fields)
    assert asked == Sending(
        "senior", "queue", "POST", "/desk/queue/?tab=all", (("text", "ab"), ("service", "x"), ("send", "1"))
    )


def test_rows_of_a_table_are_one_shape():
    first, second = (
        Sending("senior", "settings_group", "POST", "/", ((f"kinds-{row}-code", ""),)) for row in (0, 1)
    )
    assert first.shape == second.shape


def test_every_rule_has_a_planted_flaw():
    planted = semgrep.examples()
    assert len(planted) > 15
    assert all(planted.values()), planted


@pytest.mark.parametrize("accepted", [semgrep.ACCEPTED, bandit.ACCEPTED], ids=["semgrep", "bandit"])
def test_what_is_accepted_is_there_and_has_a_reason(accepted):
    assert all((ROOT / file).exists() and reason for (_, file), (_, reason) in accepted.items())


def test_one_more_finding_than_accepted_is_told_and_one_less_too():
    accepted = {("rule", "a.py"): (1, "because"), ("rule", "demo/"): (0, "anything")}
    below = ("rule", "demo/x.py", 3)
    assert judged([("rule", "a.py", 1), below, below], accepted) == []
    assert judged([("rule", "a.py", 1), ("rule", "a.py", 9), below], accepted) == ["rule: a.py, lines 1, 9"]
    assert judged([("other", "b.py", 2), ("rule", "a.py", 1), below], accepted) == ["other: b.py, lines 2"]
    assert judged([below], accepted) == ["rule: a.py is accepted but not found any more"]


def test_what_is_pinned_and_not_listed_is_told():
    assert "pypi django" in " ".join(sbom.lacking([]))
    assert any(each.startswith("npm bootstrap ") for each in sbom.lacking([]))


def test_nothing_that_is_pinned_names_the_host_it_comes_from():
    assert sbom.download_addresses() == []


def test_the_planted_flaws_are_no_part_of_the_portal():
    for file in (ROOT / "pishkhan").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) trust\b", file.read_text(), re.MULTILINE), file
    assert route_of("/planted/found/") == ""
