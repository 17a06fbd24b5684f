from django.db import migrations

from pishkhan.upgrades import AddTrigramsOnline


class Migration(migrations.Migration):
    """The index of a search by words: `pishkhan.cases.words`."""

    atomic = False
    dependencies = [("cases", "0002_trigrams")]

    operations = [AddTrigramsOnline("case", "search_key", name="case_words")]
