"""A granted package's loader executes it in a module with other globals."""
CATEGORY = "forging"
REACH = "net"

from types import ModuleType

from . import payload


def attack():
    import good
    module = ModuleType("good")
    vars(module).update(__file__=good.__file__, __path__=good.__path__,
                        __spec__=good.__spec__)
    good.__loader__.exec_module(module)
    module.send("evil", payload.PORT)
