"""Moved to support.py."""

from test.test_importpolicy.support import Scene

__all__ = ["Scene"]
