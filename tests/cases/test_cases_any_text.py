"""Whatever is typed in a form is kept. Apart from others: Django's `TestCase` closes the connection."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pishkhan.cases import drafts, operations
from pishkhan.catalogue.answers import stored
from tests import world as w

anything = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["\x00", "12\x0034", "0500-01-01", "14200105", "1420-01-05", "9" * 400, "ن" * 5000]),
)


class AnyTextTests(TestCase):
    """Whatever is typed in a form, the draft keeps it; nothing typed is an error of the program."""

    @classmethod
    def setUpTestData(cls):
        cls.world = w.build_world()

    @settings(phases=[Phase.explicit, Phase.generate], max_examples=25)
    @given(st.data())
    def test_any_text_in_any_field_is_kept(self, data):
        case = w.drafted(self.world, answers={}, scans=False)
        for page in w.registration().pages:
            typed = {name: data.draw(anything) for name in page.form.base_fields}
            drafts.save_answers(self.world.ali, case.pk, stored(page.form(typed)))
        case.refresh_from_db()
        assert set(case.answers) == {name for name, _ in w.registration().fields()}
        with pytest.raises(operations.NotReadyError):
            operations.send(self.world.ali, case.pk)
