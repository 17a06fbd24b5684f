from django.db import migrations

from pishkhan.upgrades import OnPostgres, PlannedForMany

# How far a request has come and who has it go together: taken for independent, PostgreSQL expects three rows where
# there are a thousand, and reads the open requests of all branches to find them.
STATISTICS = [
    "CREATE STATISTICS case_progress (mcv) ON branch_id, unit, archived_by_desk, waiting_on, state FROM cases_case",
    "ANALYZE cases_case (branch_id, unit, archived_by_desk, waiting_on, state)",
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_words_of_rows")]

    operations = [
        OnPostgres(STATISTICS, "DROP STATISTICS case_progress"),
        PlannedForMany("cases_case", "workshop_id"),
    ]
