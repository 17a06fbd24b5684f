from django.db import migrations

from pishkhan.upgrades import PlannedForMany


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [PlannedForMany("people_employment", "workshop_id")]
