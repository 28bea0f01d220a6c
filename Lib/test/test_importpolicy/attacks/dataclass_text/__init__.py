"""A method that dataclasses compile in a granted package's name."""
CATEGORY = "forging"
REACH = "net"

import dataclasses

from . import payload


def attack():
    import good
    function = dataclasses._FuncBuilder(vars(good))
    function.add_fn("run", [], ["  " + payload.SOURCE])

    class Record:
        __module__ = "good"

    function.add_fns_to_class(Record)
    Record.run()
