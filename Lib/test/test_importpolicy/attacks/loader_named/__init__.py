"""SourceFileLoader with a granted package's name and a file of one's own."""
CATEGORY = "forging"
REACH = "net"

import os
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

def attack():
    path = os.path.join(os.path.dirname(__file__), "task.py")
    loader = SourceFileLoader("good", path)
    module = module_from_spec(spec_from_loader("good", loader))
    loader.exec_module(module)
