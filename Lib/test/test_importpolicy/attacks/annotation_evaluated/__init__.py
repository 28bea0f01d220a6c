"""The application evaluates an annotation that it was handed."""
CATEGORY = "forging"
REACH = "net"
BEYOND = ("What the application evaluates is its own doing, as anything "
          "that it does with data.")

from . import payload


class Record:
    value: f"exec({payload.SOURCE!r})"
