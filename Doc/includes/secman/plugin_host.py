"""A host that runs plugins, each in a thread that may do very little.

    python plugin_host.py PLUGIN.py ...

A plugin is a file with a function run(text) that returns a text.  It may
compute, import modules of the standard library and read its own directory.
Nothing else that it tries happens.
"""

import importlib.util
import os
import queue
import sys
import threading

import secman


def manager_for(plugin):
    manager = secman.SecurityManager.preset("untrusted")
    manager.set_permission(secman.FilePermission(
        True, secman.FileTarget(os.path.dirname(plugin), mode="r")))
    return manager


def load(plugin):
    name = os.path.basename(plugin).removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, plugin)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def work(plugin, text, results):
    """The thread's function: first the manager, then the plugin."""
    secman.add_manager(manager_for(plugin), threading.get_ident())
    try:
        results.put((True, str(load(plugin).run(text))))
    except secman.SecurityError as error:
        results.put((False, f"refused {error.event or error.module}"))
    except Exception as error:
        results.put((False, f"failed: {type(error).__name__}"))


def run(plugin, text):
    results = queue.SimpleQueue()
    thread = threading.Thread(target=work, daemon=True,
                              args=(os.path.abspath(plugin), text, results))
    thread.start()
    # Time is not a manager's business: whoever computes for ever is left.
    try:
        return results.get(timeout=10)
    except queue.Empty:
        return False, "took too long"


def main(plugins):
    for plugin in plugins:
        good, result = run(plugin, "Hello, world")
        print(os.path.basename(plugin), "->" if good else "!!", result)


if __name__ == "__main__":
    main(sys.argv[1:])
