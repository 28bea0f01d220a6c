"""The attempt is in a weak reference's callback."""
CATEGORY = "swallowing"
REACH = "write"

import weakref

from . import payload


class Own:
    pass


def attack():
    own = Own()
    reference = weakref.ref(own, lambda reference: payload.act())
    del own
