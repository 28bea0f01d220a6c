"""A coroutine's name is more code."""
CATEGORY = "forging"
REACH = "run"
SILENT = "What is no name does not become part of the text."

from . import payload


async def function():
    pass


def attack():
    function.__name__ = f"f(): pass\n{payload.SOURCE}\nasync def f"
