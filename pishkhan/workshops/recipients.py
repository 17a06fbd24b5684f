"""The addresses that notifications go to."""

from pishkhan.catalogue.parties import Unit


def unit_recipient(branch_id: int, unit: Unit | str) -> str:
    return f"unit:{branch_id}:{unit}"


def workshop_recipient(workshop_id: int) -> str:
    return f"workshop:{workshop_id}"


def senior_recipient(branch_id: int) -> str:
    return f"seniors:{branch_id}"
