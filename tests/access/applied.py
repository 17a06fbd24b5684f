"""`pytest -p tests.access.applied`: the run is of a portal without the check that `WITHOUT` names.

The whole suite can so be asked which test notices that a check is gone (`unnoticed.Noticed`).
"""

import os
from typing import Any

WITHOUT = "PISHKHAN_TEST_WITHOUT"


def pytest_collection_finish(session: Any) -> None:
    from tests.access import mutants  # noqa: PLC0415 Django is set up by now

    mutant = next(m for m in mutants.every_mutant() if m.name == os.environ[WITHOUT])
    mutants.running(mutant.module, mutant.function).__code__ = mutant.code
    mutants.forget_compiled()
