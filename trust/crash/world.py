"""The accounts that the load works with: `python -m trust.crash.world PAIRS PASSWORD`, in the portal's environment."""

import os
import sys

import django


def main(pairs: int, password: str) -> None:
    from django.utils import timezone  # noqa: PLC0415 after django.setup()

    from pishkhan.accounts.factors import POLICY  # noqa: PLC0415
    from pishkhan.accounts.operations import change_password  # noqa: PLC0415
    from pishkhan.audit.operations import SYSTEM  # noqa: PLC0415
    from pishkhan.catalogue.parties import Unit  # noqa: PLC0415
    from pishkhan.policy.operations import decide_policy  # noqa: PLC0415
    from pishkhan.workshops.operations import prepare_branch  # noqa: PLC0415
    from tests.world import staff, workshop_of  # noqa: PLC0415

    branch = prepare_branch()
    senior = staff(branch, "senior", senior=True)
    decide_policy(POLICY, [], valid_from=timezone.localdate(), by=SYSTEM)
    for number in range(pairs):
        workers = (
            workshop_of(senior, f"14636390{number:02d}", f"کارگاه {number}", f"employer-{number}"),
            staff(branch, f"officer-{number}", Unit.REGISTRATION),
        )
        for worker in workers:
            assert worker.user
            change_password(worker.user, password, by=SYSTEM)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pishkhan.settings")
    os.umask(0o077)
    django.setup()
    main(int(sys.argv[1]), sys.argv[2])
