from django.db import migrations

from pishkhan.upgrades import PlannedForMany


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial")]

    operations = [PlannedForMany("inspections_inspection", "workshop_id")]
