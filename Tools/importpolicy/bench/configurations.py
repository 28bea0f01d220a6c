"""Under what a workload runs: CPython alone, this build without a policy and
with one, and what people would use instead.

A configuration that hooks itself in as a Python program would, by a module
`sitecustomize`, is compared with CPython that imports an empty one.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Configuration:
    build: str                  # "stock" or "ours"
    entries: int = 0            # of the policy; 0: there is none
    keys: bool = False          # they are all modules' names
    peer: str = None            # a directory of peers/
    preload: bool = False       # the C hook is in before the start
    lock: bool = False
    than: str = "CPython"       # what it is compared with


CONFIGURATIONS = {
    "CPython": Configuration("stock"),
    "CPython, sitecustomize": Configuration("stock", peer="path"),
    "no policy": Configuration("ours"),
    "policy": Configuration("ours", 100),
    "policy, locked": Configuration("ours", 100, lock=True),
    "50 keys": Configuration("ours", 50, keys=True),
    "policy of 1": Configuration("ours", 1),
    "policy of 10,000": Configuration("ours", 10_000),
    "C hook, preloaded": Configuration("stock", preload=True),
    "C hook": Configuration("stock", peer="hook",
                            than="CPython, sitecustomize"),
    "Python hooks": Configuration("stock", peer="walk",
                                  than="CPython, sitecustomize"),
    "Python manager": Configuration("stock", peer="dict",
                                    than="CPython, sitecustomize"),
}
USUAL = ["no policy", "policy"]
SIZES = ["50 keys", "policy of 1", "policy of 10,000"]
PEERS = ["C hook, preloaded", "C hook", "Python hooks", "Python manager"]


def with_bases(names):
    """The names, and what each is compared with, in the table's order."""
    wanted = set(names) | {CONFIGURATIONS[name].than for name in names}
    return [name for name in CONFIGURATIONS if name in wanted]
