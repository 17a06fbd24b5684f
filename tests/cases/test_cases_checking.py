"""Right the first time: what would bring a request back is told before it is sent."""

from io import BytesIO

import pytest
from django.core.cache import cache
from PIL import Image, ImageFilter

from pishkhan.audit.models import Entry
from pishkhan.cases import drafts, operations
from pishkhan.cases.checking import LEAST, cautions, examine
from pishkhan.cases.refusals import NotReadyError
from pishkhan.cases.returns import OFTEN, Reason, frequent
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import find
from pishkhan.documents.drawn import draw_scan
from tests import world as w

PUBLIC = Audience.PUBLIC
SON = {"relation": "son", "birth_date": "2003-01-01", "since": "2020-01-01", "conditions": []}


def jpeg_of(image: Image.Image) -> BytesIO:
    out = BytesIO()
    image.save(out, "JPEG", quality=70)
    out.seek(0)
    return out


CARD = Image.open(BytesIO(draw_scan("کارت ملی", 3))).convert("RGB")


def codes(actor, case) -> list[str]:
    return [caution.code for caution in cautions(actor, w.fresh(case))]


def dependent(world, by=Audience.WORKSHOP, **answers):
    service = find("dependent-registration")
    return w.drafted(world, by=by, service=service, answers={**service.example, **answers})


def refused(actor, case):
    with pytest.raises(NotReadyError) as caught:
        operations.send(actor, case.pk)
    return caught.value


# Pictures


def test_one_file_in_two_places_stops_the_request_at_the_second(world):
    case = w.drafted(world)
    drafts.attach_scan(world.ali, case, "national_card_back", w.jpeg(99))
    drafts.attach_scan(world.ali, case, "birth_certificate_1", w.jpeg(99))
    errors = refused(world.ali, case).errors
    assert list(errors) == ["scan:birth_certificate_1"]
    assert "کارت ملی (پشت)" in errors["scan:birth_certificate_1"]


def test_the_same_picture_saved_again_asks_for_a_word(world):
    case = w.drafted(world)
    drafts.attach_scan(world.ali, case, "national_card_front", jpeg_of(CARD))
    drafts.attach_scan(world.ali, case, "national_card_back", jpeg_of(CARD.resize((600, 375))))
    assert codes(world.ali, case) == ["alike-national_card_back"]


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        (CARD.filter(ImageFilter.GaussianBlur(12)), "تار است"),
        (CARD.point(lambda value: value // 4), "تاریک است"),
        (Image.new("RGB", (800, 500), "white"), "چیزی نشان نمی‌دهد"),
        (CARD.resize((LEAST["card"] - 10, 290)), "کوچک است"),
    ],
    ids=["blurred", "dark", "blank", "small"],
)
def test_a_picture_that_can_hardly_be_read_asks_for_a_word(picture, told, world):
    case = w.drafted(world)
    drafts.attach_scan(world.ali, case, "national_card_front", jpeg_of(picture))
    (caution,) = cautions(world.ali, case)
    assert (caution.code, caution.target) == ("legible-national_card_front", "scan:national_card_front")
    assert told in caution.text
    assert "کارت ملی (رو)" in caution.text


# What the register says


def test_a_name_unlike_the_one_on_file_asks_the_workshop_for_a_word(world):
    w.insured(world, world.a, number=1).employments.update(ended_on="2025-01-01", has_left=True)
    case = w.drafted(world, answers=w.answers_for(1, last_name="رحیمی"))
    (caution,) = cautions(world.ali, case)
    assert caution.code == "unlike-file"
    assert "«کوچک‌پور»" in caution.text
    assert "«رحیمی»" in caution.text


def test_nothing_is_told_of_a_person_whom_the_workshop_may_not_see(world):
    w.insured(world, world.b, number=1)
    case = w.drafted(world, answers=w.answers_for(1, last_name="رحیمی"))
    assert codes(world.ali, case) == []


def test_an_applicant_is_told_nothing_of_the_register(world):
    w.insured(world, world.a, number=1)
    case = w.drafted(world, by=PUBLIC, answers=w.answers_for(1, last_name="رحیمی"))
    found = examine(w.applicant(case), case)
    assert (found.errors, found.cautions) == ({}, [])


def test_the_open_request_of_the_same_kind_is_named_to_the_workshop(world):
    first = w.filled_case(world, State.SUBMITTED)
    second = w.drafted(world)
    assert list(refused(world.ali, second).errors) == ["national_code"]
    assert examine(world.ali, second).going_on == first


def test_an_applicant_is_not_given_somebody_elses_request(world):
    w.filled_case(world, State.SUBMITTED)
    case = w.drafted(world, by=PUBLIC)
    assert list(refused(w.applicant(case), case).errors) == ["national_code"]
    assert examine(w.applicant(case), case).going_on is None


# A word of explanation


@pytest.mark.parametrize("by", [Audience.WORKSHOP, PUBLIC])
def test_a_dependent_whom_no_ground_covers_is_not_sent_without_a_word(by, world):
    case = dependent(world, by, **SON)
    sender = w.starter(world, case)
    assert list(refused(sender, case).errors) == ["explain:not-covered"]
    assert w.fresh(case).state == State.DRAFT
    drafts.explain(sender, case.pk, {"not-covered": "دانشجوست و گواهی او در راه است."})
    assert operations.send(sender, case.pk).tracking_code


def test_white_space_is_not_a_word(world):
    case = dependent(world, **SON)
    drafts.explain(world.ali, case.pk, {"not-covered": " \u200c\n "})
    assert list(refused(world.ali, case).errors) == ["explain:not-covered"]


def test_while_there_are_errors_nobody_is_asked_about_doubts(world):
    case = dependent(world, **SON)
    drafts.save_answers(world.ali, case.pk, {"father_name": ""})
    assert list(refused(world.ali, case).errors) == ["father_name"]
    assert examine(world.ali, w.fresh(case)).unexplained == []


def test_what_was_said_is_frozen_with_the_words_it_answers(world):
    case = dependent(world, **SON)
    drafts.explain(world.ali, case.pk, {"not-covered": "دانشجوست."})
    sent = operations.send(world.ali, case.pk)
    assert sent.explanations["not-covered"]["said"] == "دانشجوست."
    assert "مشمول نیست" in sent.explanations["not-covered"]["text"]


def test_a_doubt_that_was_mended_leaves_no_explanation(world):
    case = dependent(world, **SON)
    drafts.explain(world.ali, case.pk, {"not-covered": "دانشجوست."})
    drafts.save_answers(world.ali, case.pk, {"birth_date": "2020-05-02", "since": "2020-05-02"})
    assert operations.send(world.ali, case.pk).explanations == {}


def test_a_word_about_a_doubt_that_nobody_has_is_left_out(world):
    case = w.drafted(world)
    drafts.explain(world.ali, case.pk, {"not-covered": "چیزی", "alike-photo": "چیز دیگر"})
    assert w.fresh(case).explanations == {}
    assert not Entry.objects.filter(action="cautions explained").exists()


def test_the_employer_reads_what_the_applicant_said_and_need_not_say_it_again(world):
    case = dependent(world, PUBLIC, **SON)
    drafts.explain(w.applicant(case), case.pk, {"not-covered": "دانشجوست."})
    case = operations.send(w.applicant(case), case.pk)
    assert case.state == State.AWAITING_EMPLOYER
    case = operations.send(world.ali, case.pk)
    assert (case.state, case.said("not-covered")) == (State.SUBMITTED, "دانشجوست.")


def test_explaining_is_an_entry_of_the_trail_that_does_not_repeat_the_words(world):
    case = dependent(world, **SON)
    drafts.explain(world.ali, case.pk, {"not-covered": "دانشجوست."})
    drafts.explain(world.ali, case.pk, {"not-covered": "دانشجوست."})
    entry = Entry.objects.get(action="cautions explained")
    assert (entry.about, entry.details) == (f"case:{case.pk}", {"cautions": ["not-covered"]})


def test_another_workshop_explains_nothing(world):
    case = dependent(world, **SON)
    with pytest.raises(w.INVISIBLE):
        drafts.explain(world.sara, case.pk, {"not-covered": "دانشجوست."})


# What the branch returns such requests for


def test_what_comes_back_often_is_told_to_whoever_sends_the_next(world):
    marks = [{"target": "scan:photo", "label": "عکس", "reason": Reason.UNREADABLE.label}]
    own_words = [{"target": "job", "label": "شغل", "reason": "بنویسید کدام دستگاه."}]
    for number in range(OFTEN):
        case = w.filled_case(world, State.SUBMITTED, answers=w.answers_for(60 + number))
        w.returned(world, case, marks=marks + own_words)
        cache.clear()
        told = [(row.target, row.reason, row.times) for row in frequent(w.drafted(world))]
        assert told == ([("scan:photo", Reason.UNREADABLE, OFTEN)] if number == OFTEN - 1 else [])
    assert frequent(dependent(world)) == []
