"""Taking a backup and restoring one are entries of the trail, and without its entry none is taken."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from pishkhan.audit.models import Entry
from pishkhan.keeping.backup_key import fingerprint, given_key
from tests.audit.refusing import REFUSE
from tests.world import on_sqlite

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "__import__('pishkhan.audit.models').audit.models.Entry.objects"


def test_a_backup_and_what_it_was_restored_to_tell_of_themselves(world, data, backups, elsewhere):
    call_command("backup", backups)
    entry = Entry.objects.get(action="backed up")
    assert (entry.author, entry.details["key"]) == ("system", fingerprint(given_key()))
    done = elsewhere.run("restore", backups)
    assert done.returncode == 0, done.stderr
    told = elsewhere.value(f"list({ENTRIES}.order_by('-id').values_list('action', 'details__stamp')[:2])")
    stamp = entry.details["stamp"]
    assert told == str([("restored", stamp), ("backed up", stamp)])
    assert "ok" in elsewhere.run("audit", "verify").stdout


def test_without_its_entry_no_backup_is_taken(world, data, backups):
    with connection.cursor() as cursor:
        for statement in REFUSE[connection.vendor]:
            cursor.execute(statement.replace("ACTION", "backed up"))
    try:
        with pytest.raises((DatabaseError, CommandError), match="no entry today"):
            call_command("backup", backups)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER refusing" + ("" if on_sqlite() else " ON audit_entry"))
    assert not [path for path in backups.rglob("*") if path.is_file() and path.parent != backups]
