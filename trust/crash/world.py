"""The accounts that the load works with: `python -m trust.crash.world`, in the environment of a portal."""

import os

import django

from .visitor import PAIRS, PASSWORD


def main() -> None:
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
    for number in range(PAIRS):
        workers = (
            workshop_of(senior, f"14636390{number:02d}", f"کارگاه {number}", f"employer-{number}"),
            staff(branch, f"officer-{number}", Unit.REGISTRATION),
        )
        for worker in workers:
            assert worker.user
            change_password(worker.user, PASSWORD, by=SYSTEM)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pishkhan.settings")
    os.umask(0o077)
    django.setup()
    main()
