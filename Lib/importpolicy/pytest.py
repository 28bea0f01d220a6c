"""A plugin for pytest: pytest -p importpolicy.pytest

pytest loads a plugin that is named to it by its own loader, which makes the
code of it pytest's.  So nothing stands here: what the plugin does is done by
modules of the standard library, which act for whoever calls them.
"""

from importpolicy._pytest_fixture import importpolicy
from importpolicy._pytest_plugin import pytest_addoption, pytest_configure

__all__ = ["importpolicy", "pytest_addoption", "pytest_configure"]
