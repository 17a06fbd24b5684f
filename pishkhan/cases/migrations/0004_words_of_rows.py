from django.db import migrations

from pishkhan.upgrades import FillTrigrams


class Migration(migrations.Migration):
    """The rows that were there before the index of words."""

    atomic = False
    dependencies = [("cases", "0003_words")]

    operations = [FillTrigrams("cases.Case", "search_key", name="case_words")]
