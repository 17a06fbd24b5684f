"""Searches by national code that find nobody are counted: whoever tries codes one after the other is stopped.

Only answers that differ by what the register holds count, and of those only the misses: an honest user knows
whom to look for.
"""

from pishkhan.audit.operations import spend, used_up
from pishkhan.workshops.actors import Actor

IN_VAIN = "searched in vain"


def in_vain_too_often(actor: Actor, an_hour: int) -> bool:
    """Whether this account has searched for so many people in vain within the last hour."""
    return used_up(IN_VAIN, _account(actor), an_hour)


def in_vain(actor: Actor, an_hour: int) -> bool:
    """Takes note of a search that found nobody; False when there were too many."""
    return spend(IN_VAIN, by=actor.author, about=_account(actor), of_about=an_hour)


def _account(actor: Actor) -> str:
    assert actor.user
    return f"user:{actor.user.pk}"
