"""The attempt is made in a generator's finally clause."""
CATEGORY = "swallowing"
REACH = "read"

from . import payload


def generator():
    try:
        yield
    finally:
        payload.act()


def attack():
    it = generator()
    next(it)
    try:
        it.close()
    except BaseException:
        pass
