"""Answers in rows reach the case as a form sends them."""

from types import SimpleNamespace

from django.http import QueryDict

from pishkhan.catalogue.service import find
from pishkhan.web.answering import typed_answers


def test_rows_that_a_form_sends_cell_by_cell_are_kept():
    sent = QueryDict(mutable=True)
    sent.update(
        {"claims-0-workshop_name": "نساجی", "claims-0-job": "بافنده", "claims-0-started_on": "1390/1/1"}
    )
    kept = typed_answers(SimpleNamespace(service=find("record-collection")), sent)
    assert [row["workshop_name"] for row in kept["claims"]] == ["نساجی"]
    assert "purpose" not in kept, "a page that was not sent is left as it is"
