"""The escape suite: malicious packages, each of which tries one way out.

A case is a directory with the package, `NAME/__init__.py`:

    '''exec with the file name of a granted package.'''     what is tried
    CATEGORY = "forging"
    REACH = "net"

    from . import payload

    def attack():
        exec(compile(payload.SOURCE, good.__file__, "exec"))

The header is read without running the package; its names are in cases.py.
What the attack is after is in `payload`, plain code that is copied into the
package, so that it is the package's own: act() and, as text, SOURCE; see
_payload.py.  The package is installed as `evil`, beside `good`, which is
granted everything (_good/).  The application (_app.py) imports evil, calls
evil.attack(), lets good work, and calls evil.after(); neither function has to
be there, the module's body may be the attack.

Other files in the directory belong to the package, but

    app.py         the application's script, in place of _app.py
    app/           more of the application's files
    good/          the granted package's, in place of those in _good/
    deps/          more beside the two packages
    site/          the same in a virtual environment's site-packages, where
                   then everything is (.pth files and such)
    policy.json    the policy, in place of the two that are tried otherwise

In a policy.json, in ENV and in OPTIONS, @NAME@ stands for what runner.World
lists: @OUT@, @CANARY@, @LOG@, @ROOT@, ...

    python -m unittest test.test_importpolicy.test_attacks.Attacks.test_NAME
    python -m test.test_importpolicy.attacks [-v] [NAME...]

run one, and all of them; the latter prints how many held.
"""


def load_tests(loader, tests, pattern):
    """Nothing in here is a test, and nothing may be imported to see."""
    return loader.suiteClass()
