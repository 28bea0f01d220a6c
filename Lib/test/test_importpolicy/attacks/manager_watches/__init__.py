"""A security manager of evil's is told what everybody does."""
CATEGORY = "tampering"
REACH = "read"
POLICIES = ("baseline", "deny")

import os
import secman


class Watching(secman.SecurityManager):

    def dispatch_audit(self, event, *arguments):
        if event == "subprocess.Popen":
            os.write(1, str(arguments[-1]).encode())
        return True


def attack():
    secman.add_manager(Watching())
