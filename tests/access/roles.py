"""Who there is, what an answer is called, and rows that say what each gets.

Anything that begins with / is the address redirected to, its numbers written as *, `{unit}` the role's own.
"""

HOME = ("registration", "inspection", "revenue", "secretariat", "management")
FAR = tuple(f"far {unit}" for unit in HOME)

GROUPS: dict[str, tuple[str, ...]] = {
    # nobody is signed in (the last was signed in to A until the account was deactivated); what the session
    # holds: an own draft, a case followed by its tracking code
    "out": ("stranger", "applicant", "follower", "deactivated"),
    "of_a": ("a", "both"),  # representatives of workshop A, of A and B
    "of_b": ("b", "both at b"),  # of workshop B, of A and B who has switched to B
    "staff": (*HOME, "senior"),  # one of each unit of the branch; none of these is senior but the last
    "far": (*FAR, "far senior"),  # the same at another branch
    "bare": ("rightless",),  # a representative of A once, whose representation ended
    "first": ("must change",),  # a representative of A with the password of the letter
}
GROUPS |= {"workshop": (*GROUPS["of_a"], *GROUPS["of_b"]), "desk": (*GROUPS["staff"], *GROUPS["far"])}
ROLES = tuple(role for group in ("out", "workshop", "desk", "bare", "first") for role in GROUPS[group])

PAGE, PICTURE, PDF, TEXT, WRONG, EXCEL = "page", "picture", "pdf", "text", "wrong", "excel"
# sign in and come back, the bare sign-in page, change the first password, not found, no such method
ENTER, BYE, FIRST, NONE, NO = "enter", "bye", "first", "404", "405"
NOT_YET = "409"
BYTES = (PAGE, PICTURE, PDF, EXCEL)

DOORS: dict[str, tuple[str, ...]] = {
    "workshop": GROUPS["workshop"],
    "desk": GROUPS["desk"],
    "inspectors": ("inspection", "senior", "far inspection", "far senior"),
    "registrars": ("registration", "senior", "far registration", "far senior"),
    "seniors": ("senior", "far senior"),
    "own": (*GROUPS["workshop"], *GROUPS["desk"]),
    "trail readers": ("senior",),
}
"""Whom each decorator of `web/access.py` (`own` of `web/security.py`) lets in, whatever they ask for then."""


class Row(dict[str, str]):
    """Role → answer; `door` names who is let in at all, "" for everybody."""

    door = ""


def row(anybody: str, door: str = "", **others: str) -> Row:
    """What each gets: `anybody`, but for the roles and groups named (`both_at_b` is «both at b»)."""
    made = Row(dict.fromkeys(ROLES, anybody) | {"must change": FIRST})
    made.door = door
    groups = {name: answer for name, answer in others.items() if name in GROUPS}
    for name, answer in groups.items():
        made |= dict.fromkeys(GROUPS[name], answer)
    named = {name.replace("_", " "): answer for name, answer in others.items() if name not in GROUPS}
    assert named.keys() <= set(ROLES), named
    made |= named
    for role, answer in made.items():
        made[role] = answer.replace("{unit}", unit_of(role))
    return made


def unit_of(role: str) -> str:
    """The unit whose queue somebody opens; a senior user without a unit sits in the management."""
    return role.removeprefix("far ").replace("senior", "management")


def signed_in(anybody: str, door: str, **others: str) -> Row:
    """As `row`, for pages of an account: strangers are led to sign in."""
    return row(anybody, door, out=ENTER, **others)


def own(anybody: str, **others: str) -> Row:
    """Pages of one's own account, for everybody who may do anything at all."""
    return signed_in(anybody, "own", **{"rightless": NONE} | others)


def workshops(mine: str, b: str = NONE, **others: str) -> Row:
    """Pages of a workshop; what the people of B get where the address or the body names what is A's."""
    return signed_in(NONE, "workshop", **{"of_a": mine, "of_b": b} | others)


def desk(anybody: str, **others: str) -> Row:
    """Pages of every unit."""
    return signed_in(NONE, "desk", desk=anybody, **others)


def reviewers(theirs: str, senior: str = NONE) -> Row:
    """Pages of a case that lies with the registration unit."""
    return desk(NONE, registration=theirs, senior=senior)


def inspectors(theirs: str, elsewhere: str = NONE) -> Row:
    """The inspection unit and the senior user; `elsewhere` is what those of another branch get."""
    far = {"far_inspection": elsewhere, "far_senior": elsewhere}
    return signed_in(NONE, "inspectors", inspection=theirs, senior=theirs, **far)


def registrars(theirs: str, elsewhere: str = NONE, *, senior: str = "") -> Row:
    """The registration unit and the senior user, who may get something else."""
    far = {"far_registration": elsewhere, "far_senior": elsewhere}
    return signed_in(NONE, "registrars", registration=theirs, senior=senior or theirs, **far)


def seniors(theirs: str, elsewhere: str = NONE) -> Row:
    return signed_in(NONE, "seniors", senior=theirs, far_senior=elsewhere)


def trail_readers(theirs: str) -> Row:
    """The senior user of the branch that answers for the portal."""
    return signed_in(NONE, "trail readers", senior=theirs)


EVERYBODY, NOT_SO = row(PAGE), row(NO)
