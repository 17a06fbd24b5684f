# ruff: noqa: E501 a table
# fmt: off
"""Checks whose absence no cell of this package notices: the test elsewhere that does, or why none can."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Noticed:
    """By a test of that file, with the check gone in the whole run (`tests.access.applied`)."""

    by: str


BEHIND = "the operation behind it refuses the same"
REACHED = "whoever comes here has come through `visible_to` of the same thing"
OWN = "the number asked for comes from the session itself"
IMPLIED = "what stands beside it is so for nobody else"
NO_RIGHT = "asks no right: what is named is not there, or was done already"
CHOICE = "one of what the actor may see anyway: a senior user is led on in the own unit's queue"
TWO = Noticed("tests/access/test_access_two_branches.py")
INSURED = Noticed("tests/web/test_web_insured.py")
PERSONS = Noticed("tests/retention/test_retention_person.py")

UNNOTICED: dict[str, str | Noticed] = {
    "accounts.operations.one_time_until: if not (user.must_change_password and user.password_set_at)": Noticed("tests/accounts/test_accounts_factors.py"),
    "cases.drafts._drafts_for: Case.objects.visible_to(actor)": REACHED,
    "cases.drafts.start_draft: if placeless": NO_RIGHT,
    "cases.drafts.start_draft: if faceless": NO_RIGHT,
    "cases.models.Case.held_by: self.begun_by == actor.audience → True": REACHED,
    "cases.models.Case.held_by: self.state == State.RETURNED → True": TWO,
    "cases.models.Case.held_by: self.begun_by == actor.audience → True′": REACHED,
    "cases.models.Case._is_party: self.begun_by == actor.audience → True": REACHED,
    "cases.models.Case._is_party: self.begun_by == actor.audience → True′": REACHED,
    "cases.returns.report: Case.objects.visible_to(actor)": Noticed("tests/cases/test_cases_returns.py"),
    "inspections.models.inspects: actor.at_desk → True": IMPLIED,
    "inspections.operations.check_visits: filter(branch=actor.branch)": TWO,
    "inspections.operations._write: Workshop.objects.visible_to(actor)": BEHIND,
    "letters.models.LetterQuerySet.visible_to: filter(case_id__in=actor.case_ids)": REACHED,
    "letters.models.LetterQuerySet.visible_to: filter(workshop=actor.workshop)": REACHED,
    "letters.models.LetterQuerySet.visible_to: filter(branch=actor.branch)": REACHED,
    "people.models.PersonQuerySet.visible_to: filter(has_left__in=[False])": TWO,
    "retention.exporting._files: Person.objects.visible_to(actor)": PERSONS,
    "retention.exporting._files: filter(branch=actor.branch)": PERSONS,
    "retention.exporting._tables: filter(inspection__branch=actor.branch)": PERSONS,
    "retention.exporting._tables: visible_to(actor)": PERSONS,
    "retention.operations._known: Person.objects.visible_to(actor)": PERSONS,
    "retention.operations.erase_person: filter(branch=actor.branch)": PERSONS,
    "retention.operations.erase_person: visible_to(actor)": PERSONS,
    "web.access.actor_of: if not request.user.is_authenticated": IMPLIED,
    "web.answering._content: if document is None": NO_RIGHT,
    "web.desk.account.WorkshopCodeForm.clean_workshop_code: Workshop.objects.visible_to(self.actor)": BEHIND,
    "web.desk.account._page: filter(workshop__branch=actor.branch)": TWO,
    "web.desk.accounts._workshops: filter(workshop__branch=actor.branch)": TWO,
    "web.desk.accounts.add: Workshop.objects.visible_to(actor)": BEHIND,
    "web.desk.accounts.reset: Workshop.objects.visible_to(actor)": TWO,
    "web.desk.accounts.reset: users.visible_to(actor)": BEHIND,
    "web.desk.accounts.letter: if not (user.must_change_password and user.check_password(password))": Noticed("tests/web/test_web_letters.py"),
    "web.desk.importing._known: Workshop.objects.visible_to(actor)": BEHIND,
    "web.desk.inspections.decide: if verb not in ('accept', 'reject')": NO_RIGHT,
    "web.desk.people._page: Case.objects.visible_to(actor)": TWO,
    "web.desk.people.leave: filter(workshop__branch=actor.branch)": TWO,
    "web.desk.queue.unit_of: if actor.is_senior": TWO,
    "web.desk.queue._objections: Inspection.objects.visible_to(actor)": TWO,
    "web.desk.review._free: filter(unit=actor.unit)": CHOICE,
    "web.desk.review.compared_scan: if found is None": NO_RIGHT,
    "web.desk.workshop_import._wrong: exclude(branch=actor.branch)": Noticed("tests/web/test_web_people.py"),
    "web.desk.workshop_import._enter: Workshop.objects.visible_to(actor)": BEHIND,
    "web.desk.workshops.show: Case.objects.visible_to(actor)": TWO,
    "web.entering.enter: if not user.must_change_password": Noticed("tests/web/test_web_second_factor.py"),
    "web.entrance.sign_out: if request.user.is_authenticated": NO_RIGHT,
    "web.lettering._letter_of: Letter.objects.visible_to(actor)": REACHED,
    "web.portal.apply.scan: if service.scan(kind) is None": NO_RIGHT,
    "web.portal.apply.scan: if not case.held_by(visitor)": TWO,
    "web.portal.apply.done: if case.held_by(visitor_of(request))": Noticed("tests/web/test_web_checking.py"),
    "web.portal.begin._hold: if not request.user.is_authenticated": NO_RIGHT,
    "web.portal.guide.pdf: if not PDF.exists()": NO_RIGHT,
    "web.portal.held.held_case: Case.objects.visible_to(visitor_of(request))": OWN,
    "web.portal.letters.held_letter: Case.objects.visible_to(visitor)": REACHED,
    "web.workshop.insured._dependents_of: filter(ended_on=None)": INSURED,
    "web.workshop.insured._photographed: filter(kind='photo')": INSURED,
    "web.workshop.insured._photographed: filter(replaced_at=None)": INSURED,
    "web.workshop.insured._awaiting: Case.objects.visible_to(actor)": TWO,
    "web.workshop.insured.person: filter(workshop=actor.workshop)": TWO,
    "web.workshop.insured.person: Person.objects.covered_at(actor.workshop)": TWO,
    "web.workshop.insured.person: Person.objects.insured_at(actor.workshop)": Noticed("tests/web/test_web_people.py"),
    "web.workshop.insured.person: Case.objects.visible_to(actor)": TWO,
    "web.workshop.insured._sponsors: Person.objects.insured_at(actor.workshop)": TWO,
    "web.workshop.insured._startable: filter(workshop=actor.workshop)": TWO,
    "web.workshop.requests._going_on: Case.objects.visible_to(actor)": TWO,
    "web.workshop.requests.edit: if not case.held_by(actor)": BEHIND,
    "web.workshop.requests.scan: if case.service.scan(kind) is None": NO_RIGHT,
    "workshops.accounts.open_staff_account: if actor.branch is None": BEHIND,
    "workshops.accounts.renew_credentials: if not constant_time_compare(seen, accounts.password_mark(user))": NO_RIGHT,
    "workshops.accounts.end_representation: filter(workshop__branch=actor.branch)": TWO,
    "workshops.accounts._keep_a_senior: filter(branch=actor.branch)": TWO,
    "workshops.actors.Actor.decides_for: self.at_desk → True": IMPLIED,
    "workshops.actors.Actor.decides_for: self.is_senior → True": IMPLIED,
    "workshops.actors.Actor.keeps_workshops: self.at_desk → True": IMPLIED,
    "workshops.actors.Actor.reads_trail: self.at_desk → True": IMPLIED,
    "workshops.actors.Actor.reads_trail: self.branch is not None → True": IMPLIED,
    "workshops.models.WorkshopQuerySet.visible_to: filter(pk=actor.workshop.pk)": Noticed("tests/workshops/test_workshops.py"),
    "workshops.users.visible_to: filter(ended_at=None)": TWO,
    "workshops.users.visible_to: filter(ended_at=None)′": TWO,
    "workshops.users.search: Workshop.objects.visible_to(actor)": REACHED,
    "workshops.users.search: visible_to(actor)": TWO,
    "accounts.sessions.SessionStore.user: «str(self.row.user_id) == signed_in»": OWN,
}
