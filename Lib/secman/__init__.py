"""A security manager: every audit event is refused unless it is permitted.

    import secman
    manager = secman.SecurityManager()
    manager.set_permission(secman.Permission("import", True))
    manager.set_permission(secman.Permission("exec", True))
    secman.add_manager(manager)

The interpreter enforces it; once a manager is in force, it also decides who
may add, change or remove one.
"""

import _secman
from _secman import *  # noqa: F403

__all__ = sorted(name for name in dir(_secman) if not name.startswith("_"))

del _secman
