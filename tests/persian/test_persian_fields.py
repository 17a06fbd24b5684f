import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from pishkhan.persian import fields

NUMBERS = {
    fields.NationalCodeField: ("۰۰۸۴۵۷۵۹۴۸", "0084575948"),
    fields.InsuranceNumberField: ("۱۲۳۴ ۵۶۷۸", "12345678"),
    fields.WorkshopCodeField: ("۰۱۸-۳۶۳-۰۰۴۵", "0183630045"),
    fields.LandlineField: ("۰۱۳ ۳۳۲۲ ۱۱۰۰", "01333221100"),
    fields.PostalCodeField: ("۴۱۳۵۶-۱۲۳۴۵", "4135612345"),
    fields.LegalNationalIdField: ("۱۰۳۸۰۲۸۴۷۹۰", "10380284790"),
    fields.EconomicCodeField: ("۴۱۱۱۱۱۱۱۱۱۱۲", "411111111112"),
    fields.BirthCertificateNoField: ("۱۲", "12"),
}
CODES = NUMBERS | {
    fields.MobileField: ("+۹۸ ۹۱۲ ۱۲۳ ۴۵۶۷", "09121234567"),
    fields.BirthCertificateSerialField: ("ب ۱۲ / ۱۲۳۴۵۶", "ب12/123456"),
}
EVERY = [*CODES, fields.PersianCharField, fields.PersianTextField, fields.JalaliDateField]
NOWRUZ = dt.date(2024, 3, 20)


def refusal(field, text):
    with pytest.raises(ValidationError) as caught:
        field.clean(text)
    return caught.value.messages[0]


@pytest.mark.parametrize(("kind", "pair"), CODES.items())
def test_a_code_is_stored_in_ascii_and_shown_in_persian(kind, pair):
    typed, stored = pair
    field = kind()
    assert field.clean(f" {typed} ") == stored
    assert not set(str(field.prepare_value(stored))) & set("0123456789")
    assert not field.has_changed(stored, typed)
    assert field.has_changed(stored, "99")


@pytest.mark.parametrize("kind", EVERY)
def test_an_empty_field_is_asked_for_in_persian(kind):
    assert refusal(kind(), "") == refusal(kind(), "  ") == refusal(kind(), None) == "این خانه را پر کنید."
    assert not kind(required=False).clean(" ")
    assert not kind(required=False).has_changed(None, "")
    assert kind().prepare_value(None) is None


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_open_the_keypad_and_run_left_to_right(kind):
    attrs = kind().widget.attrs
    assert (attrs["inputmode"], attrs["dir"], attrs["class"]) == ("numeric", "ltr", "code")
    assert int(attrs["maxlength"]) >= 40


def test_a_mobile_number_is_typed_on_the_telephone_pad():
    widget = fields.MobileField().widget
    assert (widget.input_type, widget.attrs["autocomplete"], widget.attrs["dir"]) == ("tel", "off", "ltr")


def test_a_form_may_set_its_own_attributes():
    field = fields.NationalCodeField(widget=forms.TextInput(attrs={"class": "wide"}))
    assert (field.widget.attrs["class"], field.widget.attrs["dir"]) == ("wide", "ltr")


def test_a_message_of_the_checker_reaches_the_form():
    assert refusal(fields.NationalCodeField(), "123") == "کد ملی باید ۱۰ رقم باشد؛ ۳ رقم نوشته‌اید."


def test_a_refused_code_is_shown_again_as_typed():
    form = type("Asked", (forms.Form,), {"code": fields.NationalCodeField()})({"code": "123 x"})
    assert not form.is_valid()
    assert 'value="۱۲۳ x"' in str(form["code"])


def test_a_line_is_cleaned_and_remarks_keep_their_lines():
    assert fields.PersianCharField().clean(" علي\nرضا\x00 ") == "علی رضا"
    assert fields.PersianTextField().clean("يک\r\nدو ") == "یک\nدو"
    assert isinstance(fields.PersianTextField().widget, forms.Textarea)


@pytest.mark.parametrize("name", ["علي", "علی\u200cرضا", "حاجی حسن‌پور", "پور-احمدی", "مؤمنة", "مُحَمَّد"])
def test_names_of_persian_and_arabic_letters_are_taken(name):
    assert fields.PersianCharField(letters_only=True).clean(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("علی۲", "در این خانه رقم ننویسید."),
        ("علی2", "در این خانه رقم ننویسید."),
        ("Ali", "این خانه را فقط با حروف فارسی پر کنید."),
        ("<علی>", "این خانه را فقط با حروف فارسی پر کنید."),
        ("علی، رضا", "این خانه را فقط با حروف فارسی پر کنید."),
        ("--", "دست‌کم یک حرف بنویسید."),
    ],
)
def test_names_of_anything_else_are_refused(name, said):
    assert refusal(fields.PersianCharField(letters_only=True), name) == said


def test_too_long_a_text_is_refused_quickly():
    marks = "a" + "\u0301\u0316" * 200_000
    with pytest.raises(ValidationError):
        fields.PersianCharField().clean(marks)
    with pytest.raises(ValidationError):
        fields.PersianTextField().clean(marks)


def test_a_typed_date_is_a_gregorian_date():
    field = fields.JalaliDateField()
    assert field.clean("۱۴۰۳/۱/۱") == NOWRUZ
    assert field.prepare_value(NOWRUZ) == "۱۴۰۳/۰۱/۰۱"
    assert field.prepare_value("1403/13/1") == "۱۴۰۳/۱۳/۱"
    assert field.clean(NOWRUZ) == NOWRUZ
    assert field.clean(dt.datetime(2024, 3, 19, 22, 0, tzinfo=dt.UTC)) == NOWRUZ
    assert "اسفند ۱۴۰۴ فقط ۲۹ روز دارد" in refusal(field, "1404/12/30")


def test_the_box_of_a_date_shows_how_to_fill_it():
    attrs = fields.JalaliDateField().widget.attrs
    assert attrs == {
        "inputmode": "numeric",
        "dir": "ltr",
        "class": "date",
        "autocomplete": "off",
        "placeholder": "۱۳۷۰/۰۱/۳۱",
    }


@pytest.mark.parametrize("limit", [NOWRUZ, lambda: NOWRUZ])
def test_a_date_beyond_its_limit_is_refused_and_the_limit_itself_taken(limit):
    early, late = fields.JalaliDateField(not_before=limit), fields.JalaliDateField(not_after=limit)
    assert early.clean("1403/01/01") == late.clean("1403/01/01") == NOWRUZ
    assert refusal(early, "1402/12/29") == "تاریخ نباید پیش از ۱۴۰۳/۰۱/۰۱ باشد."
    assert refusal(late, "1403/01/02") == "تاریخ نباید پس از ۱۴۰۳/۰۱/۰۱ باشد."


def test_a_limit_may_be_absent_and_its_message_replaced():
    assert fields.JalaliDateField(not_after=lambda: None).clean("1499/01/01")
    field = fields.JalaliDateField(not_after=NOWRUZ, error_messages={"not_after": "پس از %(limit)s؟"})
    assert refusal(field, "1403/01/02") == "پس از ۱۴۰۳/۰۱/۰۱؟"


def test_a_date_has_changed_only_if_the_day_differs():
    field = fields.JalaliDateField()
    assert not field.has_changed(NOWRUZ, "14030101")
    assert field.has_changed(NOWRUZ, "1403/01/02")
    assert field.has_changed(NOWRUZ, "نمی‌دانم")
    assert not fields.JalaliDateField(disabled=True).has_changed(NOWRUZ, "1403/01/02")


@pytest.mark.parametrize("kind", EVERY)
@given(text=st.text(st.characters(exclude_categories=())))
def test_no_text_breaks_a_field(kind, text):
    field = kind()
    field.prepare_value(text)
    field.has_changed(None, text)
    try:
        field.clean(text)
    except ValidationError as error:
        assert error.messages


@given(st.text())
def test_no_text_breaks_a_field_for_names(text):
    try:
        assert fields.PersianCharField(letters_only=True).clean(text)
    except ValidationError as error:
        assert error.messages
