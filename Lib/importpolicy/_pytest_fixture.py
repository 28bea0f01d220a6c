"""What a test may say about the policy that it runs under: the fixture and
the marker of the plugin for pytest."""

import functools
import inspect

import pytest

from importpolicy import SecurityError, permit, policy, query
from importpolicy._denials import Recorder

TEST = pytest.StashKey()        # of an item: its Test
RECORDER = pytest.StashKey()    # of the configuration: one for the process
MARKER = ("importpolicy(allow=[...], deny=[...], permit={...}): lists of "
          "(principal, what) or (principal, what, target), which the policy "
          "must allow, or refuse; what alone is permitted while the test runs")


def recorder_of(config):
    if RECORDER not in config.stash:
        config.stash[RECORDER] = Recorder()
    return config.stash[RECORDER]


def _said(principal, what=None, target=None):
    return " ".join(part for part in (principal, what, target) if part)


class Denied:
    """A block in which something has to be refused."""

    def __init__(self, test, question):
        self._test = test
        self._question = question
        self._since = None
        self.denials = ()

    def __enter__(self):
        self._since = len(self._test.recorder.look())
        return self

    def __exit__(self, kind, error, traceback):
        __tracebackhide__ = True
        all_of_them = self._test.recorder.look()[self._since:]
        self.denials = tuple(denial for denial in all_of_them
                             if denial.is_of(*self._question))
        self._test.expected.update(map(id, self.denials))
        if error is not None:
            # What was raised has to be what was waited for.
            return isinstance(error, SecurityError) and any(
                str(error).startswith(denial.message)
                for denial in self.denials)
        if not self.denials:
            others = [f"\n  instead: {denial.message}"
                      for denial in all_of_them]
            pytest.fail("nothing was refused to: "
                        f"{_said(*self._question)}{''.join(others)}")
        return False


class Test:
    """What the fixture `importpolicy` is, for one test."""

    __test__ = False
    policy = staticmethod(policy)
    query = staticmethod(query)
    permit = permit

    def __init__(self, recorder):
        self.recorder = recorder
        self.expected = set()
        self._since = len(recorder.look())
        self._rules = []

    @property
    def denials(self):
        """What has been refused since the test was begun."""
        return tuple(self.recorder.look()[self._since:])

    def denied(self, principal, what=None, target=None):
        """A block in which this has to be refused, and may raise."""
        return Denied(self, (principal, what, target))

    def expect(self, principal, what=None, target=None):
        """It may be refused, or not: --importpolicy-strict looks away."""
        self._rules.append((principal, what, target))

    def is_expected(self, denial):
        return id(denial) in self.expected \
            or any(denial.is_of(*rule) for rule in self._rules)


@pytest.fixture
def importpolicy(request):
    """Ask the import policy, and see what it has refused."""
    return request.node.stash[TEST]


# --- The marker -----------------------------------------------------------

def _questions(name, value):
    for question in value:
        if not isinstance(question, tuple) or not 2 <= len(question) <= 3 \
                or not all(isinstance(part, str) for part in question):
            pytest.fail(
                f"marker importpolicy: {name} is a list of (principal, what) "
                f"or (principal, what, target); {question!r} is neither",
                pytrace=False)
        yield question


def check_mark(test, allow=(), deny=(), permit=None):
    """What a marker demands of the policy, before the test runs."""
    for name, questions in ("allow", allow), ("deny", deny):
        for question in _questions(name, questions):
            verdict = query(*question)
            if verdict.allowed is not (name == "allow"):
                pytest.fail(
                    f"the policy must {name} it: {_said(*question)}\n"
                    f"  but {verdict.reason}", pytrace=False)
    for question in deny:
        test.expect(*question)


def guarded(function, permitted):
    """The function inside of permits, the outermost first.  A hook cannot do
    that: a with statement in a generator narrows nothing of its caller."""
    if not permitted:
        return function
    inner = guarded(function, permitted[1:])
    outer = permit(**permitted[0])

    @functools.wraps(function)
    def call(*args, **kwargs):
        __tracebackhide__ = True
        with outer:
            return inner(*args, **kwargs)

    @functools.wraps(function)
    async def call_async(*args, **kwargs):
        __tracebackhide__ = True
        with outer:
            return await inner(*args, **kwargs)

    return call_async if inspect.iscoroutinefunction(function) else call
