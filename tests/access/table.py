"""What everybody gets at every address: the answers to GET and to POST.

The objects in the addresses are those of workshop A, each in a state in which its own people use the page.

A new route is one line here: `"name": (get, post)`, each made by a function of `roles.py`, such as
`"new_page": (workshops(PAGE), NOT_SO)`. When its address needs another object than the submitted case, name
that in `objects.CASE_OF`; when its POST needs more than any field, say what in `objects.BODIES`.
"""

from tests.access.roles import (
    BYE,
    EVERYBODY,
    EXCEL,
    FIRST,
    NO,
    NONE,
    NOT_SO,
    PAGE,
    PDF,
    PICTURE,
    TEXT,
    WRONG,
    Row,
    desk,
    inspectors,
    registrars,
    reviewers,
    row,
    seniors,
    workshops,
)

SERVICE = "main-registration"
APPLY = f"/apply/{SERVICE}"
ENDED = "/desk/queue/?unit=registration&tab=ended"
PUBLISHED = {"checked_letter"}
"""Addresses that whoever has the paper may read (decision 19)."""
INSURED = "/insured/?tab=active&order=name&s=*"

TABLE: dict[str, tuple[Row, Row]] = {
    "healthz": (row(TEXT), NOT_SO),
    "guide": (EVERYBODY, NOT_SO),
    "guide_chapter": (EVERYBODY, NOT_SO),
    "guide_pdf": (row(PDF), NOT_SO),
    "home": (EVERYBODY, NOT_SO),
    "registration": (EVERYBODY, NOT_SO),
    "representatives": (EVERYBODY, NOT_SO),
    "sign_in": (
        row(
            PAGE,
            workshop="/dashboard/",
            rightless="/dashboard/",
            desk="/desk/",
        ),
        row(WRONG),
    ),
    "sign_out": (row(NO, must_change=NO), row(BYE, must_change=BYE)),
    "first_password": (
        row(PAGE, out=BYE, must_change=PAGE),
        row(WRONG, out=BYE, must_change=WRONG),
    ),
    "password": (
        row(PAGE, out=BYE, rightless=NONE),
        row(WRONG, out=BYE, rightless=NONE),
    ),
    "check_letter": (EVERYBODY, row(WRONG)),
    "checked_letter": (EVERYBODY, row(WRONG)),
    "held_letter": (row(NONE, follower=PDF), NOT_SO),
    "follow_up": (EVERYBODY, row("/follow-up/case/")),
    "followed": (row("/follow-up/", follower=PAGE), NOT_SO),
    "correct_followed": (NOT_SO, row("/follow-up/")),
    "leave_followed": (NOT_SO, row("/")),
    "withdraw_followed": (NOT_SO, row("/follow-up/", follower="/follow-up/case/")),
    "apply": (EVERYBODY, NOT_SO),
    "apply_workshop": (EVERYBODY, row(f"{APPLY}/page/identity/")),
    "apply_page": (row(f"{APPLY}/", applicant=PAGE), row(f"{APPLY}/", applicant=f"{APPLY}/page/job/")),
    "apply_scans": (row(f"{APPLY}/", applicant=PAGE), row(f"{APPLY}/", applicant=f"{APPLY}/check/")),
    "apply_scan": (row(NONE, applicant=PICTURE), row(NONE, applicant=f"{APPLY}/scans/")),
    "apply_check": (row(f"{APPLY}/", applicant=PAGE), NOT_SO),
    "apply_send": (row(f"{APPLY}/check/"), row(f"{APPLY}/", applicant=f"{APPLY}/done/")),
    "apply_done": (row(f"{APPLY}/", applicant=f"{APPLY}/check/"), NOT_SO),
    "apply_forget": (NOT_SO, row(f"{APPLY}/workshop/")),
    "dashboard": (workshops(PAGE, PAGE), NOT_SO),
    "cartable": (workshops(PAGE, PAGE), workshops("/cartable/?tab=all&s=*", "/cartable/?tab=all&s=*")),
    "new_request": (workshops(PAGE, PAGE), NOT_SO),
    "look_up": (workshops(PAGE, PAGE), workshops("/cartable/*/edit/", "/cartable/*/edit/")),
    "request": (workshops(PAGE), NOT_SO),
    "edit_request": (workshops(PAGE), workshops("/cartable/*/edit/")),
    "refuse_request": (workshops(PAGE), workshops("/cartable/")),
    "withdraw_request": (NOT_SO, workshops("/cartable/")),
    "archive_request": (NOT_SO, workshops("/cartable/?tab=ended")),
    "request_scan": (workshops(PICTURE), workshops("/cartable/*/edit/")),
    "insured": (
        workshops(PAGE, PAGE),
        workshops(INSURED, INSURED),
    ),
    "export_insured": (workshops(EXCEL, EXCEL), NOT_SO),
    "person": (workshops(PAGE), NOT_SO),
    "person_photo": (workshops(PICTURE), NOT_SO),
    "request_letter": (workshops(PDF), NOT_SO),
    "profile": (workshops(PAGE, PAGE), workshops("/profile/", "/profile/")),
    "profile_image": (workshops(PICTURE, PICTURE), NOT_SO),
    "choose_workshop": (NOT_SO, workshops("/dashboard/", both_at_b="/dashboard/")),
    "desk_dashboard": (desk(PAGE), NOT_SO),
    "queue": (
        desk(PAGE),
        desk("/desk/queue/?unit={unit}&tab=all&s=*"),
    ),
    "review": (reviewers(PAGE, PAGE), NOT_SO),
    "take": (NOT_SO, reviewers("/desk/cases/*/")),
    "decide": (
        reviewers("/desk/cases/*/", "/desk/cases/*/"),
        reviewers("/desk/queue/"),
    ),
    "desk_archive": (
        NOT_SO,
        reviewers(ENDED, ENDED),
    ),
    "review_scan": (reviewers(PICTURE, PICTURE), NOT_SO),
    "review_compared_scan": (reviewers(PICTURE, PICTURE), NOT_SO),
    "workshop_inspections": (workshops(PAGE, PAGE), NOT_SO),
    "inspection": (workshops(PAGE), NOT_SO),
    "acknowledge_inspection": (NOT_SO, workshops("/inspections/*/")),
    "object_to_inspection": (workshops(PAGE), workshops("/inspections/*/")),
    "objection_scan": (workshops(PICTURE), NOT_SO),
    "inspections": (
        inspectors(PAGE, PAGE),
        inspectors("/desk/inspections/?tab=all&s=*", "/desk/inspections/?tab=all&s=*"),
    ),
    "new_inspection": (inspectors(PAGE, PAGE), inspectors("/desk/inspections/*/", WRONG)),
    "import_inspections": (inspectors(PAGE, PAGE), inspectors(WRONG, WRONG)),
    "inspection_template": (inspectors(EXCEL, EXCEL), NOT_SO),
    "desk_inspection": (inspectors(PAGE), NOT_SO),
    "edit_inspection": (inspectors(PAGE), inspectors("/desk/inspections/*/")),
    "publish_inspection": (NOT_SO, inspectors("/desk/inspections/*/")),
    "returns": (desk(PAGE), NOT_SO),
    "discard_inspection": (NOT_SO, inspectors("/desk/inspections/")),
    "decide_objection": (inspectors("/desk/inspections/*/"), inspectors("/desk/inspections/*/")),
    "desk_objection_scan": (inspectors(PICTURE), NOT_SO),
    "settings": (seniors(PAGE, PAGE), NOT_SO),
    "settings_group": (seniors(PAGE, PAGE), seniors(WRONG, WRONG)),
    "workshops": (
        registrars(PAGE, PAGE),
        registrars("/desk/workshops/?tab=all&s=*", "/desk/workshops/?tab=all&s=*"),
    ),
    "new_workshop": (registrars(PAGE, PAGE), registrars("/desk/workshops/*/", "/desk/workshops/*/")),
    "import_workshop": (registrars(PAGE, PAGE), registrars(WRONG, WRONG)),
    "workshop": (registrars(PAGE), NOT_SO),
    "import_workshops": (registrars(PAGE, PAGE), registrars(WRONG, WRONG)),
    "workshops_template": (registrars(EXCEL, EXCEL), NOT_SO),
    "people": (registrars(PAGE, PAGE), registrars("/desk/people/?s=*", "/desk/people/?s=*")),
    "desk_person": (registrars(PAGE), registrars(WRONG)),
    "desk_person_photo": (registrars(PICTURE), NOT_SO),
    "import_records": (registrars(PAGE), registrars(WRONG)),
    "records_template": (registrars(EXCEL, EXCEL), NOT_SO),
    "remove_record": (NOT_SO, registrars("/desk/people/*/#records")),
    "end_employment": (NOT_SO, registrars("/desk/people/*/")),
    "end_dependent": (NOT_SO, registrars("/desk/people/*/")),
    "edit_workshop": (registrars(PAGE), registrars("/desk/workshops/*/")),
    "close_workshop": (registrars(PAGE), registrars("/desk/workshops/*/")),
    "reopen_workshop": (NOT_SO, registrars("/desk/workshops/*/")),
    "accounts": (seniors(PAGE, PAGE), seniors("/desk/accounts/?tab=all&s=*", "/desk/accounts/?tab=all&s=*")),
    "new_account": (seniors(PAGE, PAGE), seniors(PAGE, PAGE)),
    "new_staff": (seniors(PAGE, PAGE), seniors(PAGE, PAGE)),
    "account": (seniors(PAGE), seniors("/desk/accounts/*/")),
    "account_post": (NOT_SO, seniors("/desk/accounts/*/")),
    "account_active": (NOT_SO, seniors("/desk/accounts/*/")),
    "account_workshops": (NOT_SO, seniors("/desk/accounts/*/")),
    "end_representation": (NOT_SO, seniors("/desk/accounts/*/")),
    "review_letter": (reviewers(PDF, PDF), NOT_SO),
    "credentials_letter": (NOT_SO, seniors(PDF)),
    "reset_password": (NOT_SO, seniors(PAGE)),
    "add_account": (NOT_SO, seniors(PAGE)),
    "own_particulars": (
        desk(PAGE),
        desk("/desk/profile/"),
    ),
}
for _get, _post in TABLE.values():  # a method that a page does not have is told to all alike
    for _row in (_get, _post):
        if _row["stranger"] == NO and _row is not TABLE["sign_out"][0]:
            _row["must change"] = FIRST

DOOR = {name: get.door or post.door for name, (get, post) in TABLE.items()}
