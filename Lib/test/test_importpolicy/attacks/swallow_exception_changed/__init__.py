"""A refusal is raised as something else."""
CATEGORY = "swallowing"
REACH = "read"

from . import payload


def attack():
    try:
        payload.act()
    except Exception as exception:
        exception.args = ()
        raise AttributeError from None
