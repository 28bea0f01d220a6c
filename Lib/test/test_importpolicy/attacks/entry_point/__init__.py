"""A plug-in, which the application calls by its entry point."""
CATEGORY = "borrowed"
REACH = "run"

import importlib.metadata

from . import payload


def attack():
    return importlib.metadata.EntryPoint(
        "evil", "evil:start", "application").load()


def start():
    payload.act()
