"""The application calls a function of C that it is given."""
CATEGORY = "borrowed"
REACH = "run"
BEYOND = ('The application calls it, with what it may do itself; "$walk": '
          '"strict" judges who has it called, too.')

from . import payload


def attack():
    import __main__
    import os
    __main__.retry(os.system, payload.COMMAND)
