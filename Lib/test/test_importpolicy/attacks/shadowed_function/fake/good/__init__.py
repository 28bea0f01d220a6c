"""Would be the granted package, and serves as it for the application."""

import os
import sys

from evil import payload


def work():
    try:
        payload.act()
    finally:
        sys.path.remove(os.path.dirname(os.path.dirname(__file__)))
        del sys.modules["good"]
