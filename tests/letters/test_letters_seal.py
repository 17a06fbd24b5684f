"""The branch's digital seal: whoever changes a byte breaks it."""

import stat
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.states import State
from pishkhan.letters.models import Kind
from pishkhan.letters.operations import issue_statement, load_letter
from pishkhan.letters.seal import sealed, signer
from tests.letters.reading import letter_of, reader
from tests.simultaneous import at_once
from tests.world import World, filled_case


@pytest.fixture
def pdf(world: World) -> bytes:
    case = filled_case(world, State.COMPLETED)
    return load_letter(issue_statement(case.subject, case=case, by=SYSTEM))


def status(pdf: bytes) -> PdfSignatureStatus:
    [signature] = PdfFileReader(BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=[signer().signing_cert], allow_fetching=False)
    return validate_pdf_signature(signature, context)


def test_a_statement_is_sealed_by_the_branch_over_every_byte(pdf):
    found = status(pdf)
    assert found.bottom_line, found.pretty_print_details()
    assert found.coverage.name == "ENTIRE_FILE"


def test_a_changed_byte_breaks_the_seal(pdf):
    place = pdf.index(b"/Lang")
    changed = pdf[:place] + b"/Lanh" + pdf[place + 5 :]
    found = status(changed)
    assert not found.intact and not found.bottom_line


def test_a_letter_that_needs_no_seal_has_none(world):
    plain = load_letter(letter_of(filled_case(world, State.COMPLETED), Kind.DECISION))
    assert reader(plain).embedded_signatures == []


def test_the_key_is_made_once_for_its_owner_alone_and_named_in_ascii(world, settings):
    plain = load_letter(letter_of(filled_case(world, State.COMPLETED), Kind.DECISION))
    assert status(sealed(plain)).bottom_line
    file = settings.SEAL_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    sealed(plain)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if path.is_file()] == ["seal.pem"]
    assert signer().signing_cert.subject.human_friendly.isascii()


def test_two_that_make_the_key_at_once_use_the_same(settings):
    made = at_once(*[lambda: signer().signing_cert.sha256] * 3)
    assert len(set(made)) == 1 and isinstance(made[0], bytes)
