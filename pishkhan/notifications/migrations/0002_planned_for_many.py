from django.db import migrations

from pishkhan.upgrades import PlannedForMany


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [PlannedForMany("notifications_notification", "recipient")]
