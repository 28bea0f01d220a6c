"""A lazy module runs its body when the application touches it."""
CATEGORY = "forging"
REACH = "net"

import importlib.util
import os
import sys
from importlib.machinery import SourceFileLoader

def attack():
    path = os.path.dirname(__file__) + "/task.py"
    loader = importlib.util.LazyLoader(SourceFileLoader("task", path))
    spec = importlib.util.spec_from_loader("task", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    sys.modules["task"] = module


def after():
    sys.modules["task"].name
