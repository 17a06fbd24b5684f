from datetime import datetime

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from pishkhan.accounts.models import User
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import Service, Step, find
from pishkhan.documents.models import Document
from pishkhan.finding import holding, those_of
from pishkhan.people.models import Person
from pishkhan.persian.letters import search_key
from pishkhan.prepared import Prepared, sql_of
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.models import Branch, Workshop

from .states import AT_BRANCH, ENDED, OPEN, Party, State, Transition, Verb, WaitingOn, find_transition
from .words import newest, rare


def code_in(text: str) -> tuple[str, str] | None:
    """A national code, a tracking code or its beginning, in any digits, as `coded` takes it."""
    digits = search_key(text).replace("-", "").replace(" ", "")
    # As a range and not as LIKE, so that an index serves it whatever the collation.
    code = digits.isascii() and digits.isdigit() and len(digits) >= 10
    return (digits, digits.ljust(30, "9")) if code else None


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, actor: Actor) -> "CaseQuerySet":
        """The only door to a case.

        A workshop sees its own, except what an applicant is still writing. A unit of the branch sees what
        was sent to it; a senior user what was sent to any unit. A visitor sees what the session holds.
        """
        if actor.at_workshop:
            return self.filter(workshop=actor.workshop).exclude(waiting_on=WaitingOn.APPLICANT)
        if actor.at_desk:
            sent = self.filter(branch=actor.branch, sent_at__isnull=False)
            return sent if actor.is_senior else sent.filter(unit=actor.unit)
        return self.filter(pk__in=actor.case_ids)

    def shelf(self, *, archived: bool, at_desk: bool = False) -> "CaseQuerySet":
        """The archive of a side, or everything outside it.

        With `in`, because `= false` becomes `NOT column`, which no index of SQLite serves.
        """
        column = "archived_by_desk" if at_desk else "archived_by_workshop"
        return self.filter(**{f"{column}__in": [archived]})

    def open(self) -> "CaseQuerySet":
        return self.filter(state__in=OPEN)

    def search(self, text: str) -> "CaseQuerySet":
        """By tracking code, national code, name or remarks (R28); any digits and letters.

        Looks at the rows at once, to choose the way; filter further by what narrows the list afterwards.
        """
        key = search_key(text)
        if not key:
            return self
        if code := code_in(key):
            return self.coded(*code)
        words = key.split()
        few = rare(sql_of(newest(self)), words)
        return holding(self, *words) if few is None else those_of(few, self)

    def coded(self, code: str, last: str) -> "CaseQuerySet":
        """Those with a tracking code from `code` to `last`, in digits, or with `code` as national code."""
        tracked = Q(tracking_digits__gte=code, tracking_digits__lte=last)
        if connection.vendor != "sqlite":
            return self.filter(tracked | Q(national_code=code))
        # It would go through the list, and not use two indexes: these are named by what they hold.
        about = Case.objects.filter(branch__in=Branch.objects.all(), national_code=code)
        return those_of(Case.objects.filter(tracked).values("id").union(about.values("id")), self)


class Case(models.Model):
    """One request for one service, about one person, at one workshop (none yet, in a sign-up).

    `answers` are what the forms hold (see `catalogue.answers`), `decision` what the unit answered when it
    confirmed (`Service.decision_form`); `rows` are the labelled answers as they were shown when the case was
    last sent, and never change with a label. `unit` is the unit in charge, kept after the end. `note` is the
    last reason given to the sender, `marks` what exactly must be corrected: a list of {target, label,
    reason}, the target a field's name or `scan:` and a kind. `explanations` are what the sender said of each
    caution: its code → {text, said}, both as they were sent, or as they are while the sender holds the case.
    Since `erased_at` nothing of it tells any more whom it was about (`pishkhan.retention`).
    """

    branch = models.ForeignKey(Branch, models.PROTECT)
    workshop = models.ForeignKey(Workshop, models.PROTECT, null=True)
    service_code = models.CharField(max_length=40)
    begun_by = models.CharField(max_length=10)  # an Audience; no `choices`, see docs/decisions.md
    subject = models.ForeignKey(Person, models.PROTECT, null=True, related_name="cases")
    subject_name = models.CharField(max_length=210, blank=True)
    national_code = models.CharField(max_length=10, blank=True)
    tracking_code = models.CharField(max_length=30, unique=True, null=True)  # noqa: DJ001 null until sent
    tracking_digits = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=20, default=State.DRAFT)
    step_index = models.SmallIntegerField(default=-1)
    waiting_on = models.CharField(max_length=10)
    waiting_since = models.DateTimeField(default=timezone.now)
    unit = models.CharField(max_length=20, blank=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    archived_by_workshop = models.BooleanField(default=False)
    archived_by_desk = models.BooleanField(default=False)
    search_key = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    note = models.CharField(max_length=1000, blank=True)
    marks = models.JSONField(default=list)
    decision = models.JSONField(default=dict)
    explanations = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["workshop", "archived_by_workshop", "waiting_on", "-submitted_at", "-id"],
                name="case_cartable_tab",
            ),
            models.Index(
                fields=["workshop", "archived_by_workshop", "-submitted_at", "-id"], name="case_cartable"
            ),
            models.Index(
                fields=["branch", "unit", "archived_by_desk", "waiting_on", "submitted_at", "id"],
                name="case_desk_tab",
            ),
            models.Index(
                fields=["branch", "unit", "archived_by_desk", "submitted_at", "id"], name="case_desk"
            ),
            models.Index(fields=["workshop", "national_code"], name="case_of_person_at_workshop"),
            models.Index(fields=["branch", "national_code"], name="case_of_person_at_branch"),
            models.Index(fields=["tracking_digits"], name="case_tracking_digits"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "service_code", "national_code"],
                condition=Q(state__in=[str(state) for state in OPEN]),
                name="one_open_case_per_person_and_service",
            )
        ]

    def __str__(self) -> str:
        return self.tracking_code or f"draft {self.pk}"

    @property
    def service(self) -> Service:
        service = find(self.service_code)
        assert service, f"no service {self.service_code}"
        return service

    @property
    def state_label(self) -> str:
        return State(self.state).label

    @property
    def step(self) -> Step | None:
        return self.service.steps[self.step_index] if self.step_index >= 0 else None

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    @property
    def at_branch(self) -> bool:
        return self.state in AT_BRANCH

    @property
    def last_sent_at(self) -> datetime | None:
        """When its sender last let it go: what is older than that has been seen by whoever got it."""
        if self.is_draft:
            return None
        sent = self.events.filter(verb=Verb.SEND).order_by("-id").values_list("at", flat=True)
        return sent.first()

    def timeline(self) -> "list[Event]":
        """Everything that happened to it, in order, each with whoever did it."""
        return _events_of(self.pk)

    def pictures(self) -> "dict[str, CaseScan]":
        """The scans that it uses, by kind, each with its document."""
        return {scan.kind: scan for scan in _scans_of(self.pk)}

    def said(self, code: str) -> str:
        """What the sender said of that caution; "" for nothing."""
        return str(self.explanations.get(code, {}).get("said", ""))

    def held_by(self, actor: Actor) -> bool:
        """Whether `actor` may correct the answers now: its writer, then the employer (R11, R33)."""
        if self.is_draft:
            return self.begun_by == actor.audience
        if self.workshop_id is None:
            return self.state == State.RETURNED and self.begun_by == actor.audience
        return actor.at_workshop and self.state in (State.AWAITING_EMPLOYER, State.RETURNED)

    def transition(self, actor: Actor, verb: Verb) -> Transition | None:
        """What `verb` would do in the hands of `actor`, or None when it is not theirs to do now."""
        transition = find_transition(self.state, verb)
        if transition and self._is_party(actor, transition):
            return transition
        return None

    def verbs(self, actor: Actor) -> list[Verb]:
        """What `actor` may do to the case now: the buttons of its page."""
        futile = [Verb.RETURN] if self.workshop_is_closed else []
        return [verb for verb in Verb if verb not in futile and self.transition(actor, verb)]

    @property
    def workshop_is_closed(self) -> bool:
        """Then nobody sends or corrects it; the branch confirms or rejects what it holds (decision 28)."""
        return self.workshop is not None and self.workshop.closed_at is not None

    def _is_party(self, actor: Actor, transition: Transition) -> bool:
        match transition.by:
            case Party.STARTER:
                return self.begun_by == actor.audience
            case Party.APPLICANT:
                return self.begun_by == actor.audience == Audience.PUBLIC
            case Party.EMPLOYER:
                return actor.at_workshop
            case Party.SENDER:
                return actor.at_workshop if self.workshop_id else self.begun_by == actor.audience
            case Party.UNIT:
                return actor.decides_for(self.unit)
            case Party.CONSEQUENCE:
                return False


class CaseScan(models.Model):
    """The picture that a case uses for one kind of scan."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="scans")
    kind = models.CharField(max_length=40)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    on_file = models.BooleanField(default=False)
    attached_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="one_scan_of_a_kind_per_case")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"


class EarlierScan(models.Model):
    """A picture that the case was sent with and that its sender has replaced or taken out since.

    It stays, so that the branch sees what it returned beside what came back.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="earlier_scans")
    kind = models.CharField(max_length=40)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}, {self.replaced_at}"


class Event(models.Model):
    """One thing in a case's life, as its timeline tells it.

    `changes` are answers that the sender changed: {label, before, after}; `marks` as in `Case`.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=20)
    audience = models.CharField(max_length=10)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    to = models.CharField(max_length=20)
    note = models.CharField(max_length=1000, blank=True)
    marks = models.JSONField(default=list)
    changes = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="event_timeline"),
            models.Index(fields=["-at"], condition=Q(verb=Verb.RETURN), name="event_returns"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.verb}"

    @property
    def title(self) -> str:
        """What happened, in the timeline's words."""
        if self.verb == Verb.SEND and self.audience == Audience.PUBLIC and self.to == State.SUBMITTED:
            return "ارسال به شعبه"
        if self.verb == Verb.SEND:
            return {
                State.AWAITING_EMPLOYER: "ثبت متقاضی",
                State.SUBMITTED: "ارسال کارفرما به سازمان",
            }.get(State(self.to), Verb.SEND.label)
        return Verb(self.verb).label

    @property
    def party(self) -> str:
        return Audience(self.audience).label


_events_of = Prepared(lambda case: Event.objects.filter(case=case).select_related("user").order_by("id"), int)
_scans_of = Prepared(lambda case: CaseScan.objects.filter(case=case).select_related("document"), int)


class TrackingSequence(models.Model):
    """The last number given to a case of a branch in a Jalali month."""

    branch = models.ForeignKey(Branch, models.CASCADE)
    year_month = models.CharField(max_length=4)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "year_month"], name="one_sequence_a_month")]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.year_month}: {self.last}"
