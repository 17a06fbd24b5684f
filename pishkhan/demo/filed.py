"""The scans that are kept with a person, and offered again."""

from pishkhan.people.models import KnownScan

from .days import stamp
from .pictures import Pool
from .tables import Table


class Filed:
    """The known scans of a run: of each kind the first one of a person, since the pool gives no other."""

    def __init__(self, pool: Pool, of_everybody: tuple[str, ...]) -> None:
        """`of_everybody`: the kinds that a main insured person once sent to be registered."""
        self.pool, self.of_everybody = pool, of_everybody
        self.scans = Table(KnownScan, "person_id", "kind", "document_id", "kept_at", "replaced_at")
        self.kept: set[tuple[int, str]] = set()

    def keep(self, person_id: int, number: int, kind: str, moment: int) -> None:
        if (person_id, kind) not in self.kept:
            self.kept.add((person_id, kind))
            self.scans.add(person_id, kind, self.pool.of(kind, number), stamp(moment), None)
