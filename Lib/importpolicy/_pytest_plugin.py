"""The hooks of the plugin for pytest.

What is refused while a test is set up, runs and is torn down belongs to that
test.  It travels with the test's report, so that whoever prints it need not
be the process in which it happened (pytest-xdist); what is refused outside of
tests, such as when they are collected, is sent when a worker ends.
"""

import pytest

from importpolicy import _out, policy
from importpolicy._pytest_fixture import (
    MARKER, TEST, Test, check_mark, guarded, recorder_of,
)

_SENT = "importpolicy"          # the attribute of reports, the key of workers
_PROPERTY = "importpolicy.denied"
_OUTSIDE = "outside of tests"


def pytest_addoption(parser):
    text = ("A test fails when something is refused that it does not expect, "
            "whether or not anybody noticed.")
    parser.getgroup("importpolicy").addoption(
        "--importpolicy-strict", action="store_true", help=text)
    parser.addini("importpolicy_strict", text, type="bool", default=False)


def pytest_configure(config):
    config.addinivalue_line("markers", MARKER)
    strict = config.getoption("importpolicy_strict") \
        or config.getini("importpolicy_strict")
    if strict and policy() is None:
        raise pytest.UsageError(
            "--importpolicy-strict: no policy is in force; pytest is under "
            "the policy.json of the directory that it is started in")
    config.pluginmanager.register(_Session(config, strict),
                                  "importpolicy-session")


class _Group:
    """The same, refused to the same principal, perhaps many times."""

    def __init__(self, edit):
        self.edit = edit
        self.count = 0
        self.expected = 0
        self.tests = []

    def add(self, test, expected):
        self.count += 1
        self.expected += expected
        if test not in self.tests:
            self.tests.append(test)

    def told(self):
        times = _out.count(self.count, "time")
        more = len(self.tests) - 1
        expected = ", expected" if self.expected == self.count else ""
        return f"{times}{expected}: {self.tests[0]}" \
            + (f" and {more} more" if more else "")


class _Session:

    def __init__(self, config, strict):
        self.config = config
        self.strict = strict
        self.recorder = recorder_of(config)
        self.told = 0           # of what was recorded
        self.outside = []
        self.groups = {}        # by message

    def new(self):
        """What was refused since the last time."""
        denials = self.recorder.look()[self.told:]
        self.told += len(denials)
        return denials

    def group(self, test, sent):
        for message, edit, expected in sent:
            self.groups.setdefault(message, _Group(edit)).add(test, expected)

    def look_outside(self):
        self.outside += [(denial.message, denial.edit, False)
                         for denial in self.new()]

    def pytest_report_header(self):
        sources = policy().sources if policy() else ()
        shown = ", ".join(f"{_out.shown_path(source.file)} ({source.mode})"
                          for source in sources)
        strict = ", strict" if self.strict else ""
        return _out.escape(f"importpolicy: {shown or 'no policy'}{strict}")

    # --- A test -----------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        self.look_outside()
        test = item.stash[TEST] = Test(self.recorder)
        for mark in item.iter_markers("importpolicy"):
            if mark.args or mark.kwargs.keys() - {"allow", "deny", "permit"}:
                pytest.fail(f"write the marker {MARKER}", pytrace=False)
            check_mark(test, **mark.kwargs)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item):
        permitted = [mark.kwargs["permit"]
                     for mark in item.iter_markers("importpolicy")
                     if mark.kwargs.get("permit") is not None]
        if not permitted or not isinstance(item, pytest.Function):
            return (yield)
        function = item.obj
        item.obj = guarded(function, permitted)
        try:
            return (yield)
        finally:
            item.obj = function

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        test = item.stash.get(TEST, None)
        sent = [(denial.message, denial.edit,
                 test is not None and test.is_expected(denial))
                for denial in self.new()]
        setattr(report, _SENT, sent)
        properties = [(_PROPERTY, _out.escape(message))
                      for message, _, _ in dict.fromkeys(sent)]
        item.user_properties += properties
        report.user_properties += properties
        if self.strict and report.outcome == "passed":
            self.fail(report, [one for one in sent if not one[2]])
        return report

    @staticmethod
    def fail(report, unexpected):
        if unexpected:
            report.outcome = "failed"
            report.longrepr = "refused, and not expected:" + "".join(
                f"\n  {_out.escape(message)}\n    {_out.escape(edit)}"
                for message, edit, _ in dict.fromkeys(unexpected))

    # --- All of them ------------------------------------------------------

    def pytest_runtest_logreport(self, report):
        self.group(report.nodeid, getattr(report, _SENT, ()))

    def pytest_sessionfinish(self):
        self.look_outside()
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput[_SENT] = self.outside

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        self.outside += getattr(node, "workeroutput", {}).get(_SENT, ())

    def pytest_terminal_summary(self, terminalreporter):
        self.group(_OUTSIDE, self.outside)
        if not self.groups:
            return
        terminalreporter.section("refused by the import policy")
        order = sorted(self.groups.items(), key=lambda item: (
            item[1].expected == item[1].count, -item[1].count, item[0]))
        for message, group in order:
            terminalreporter.line(_out.escape(message))
            terminalreporter.line(_out.escape(f"    {group.told()}"))
            if group.edit:
                terminalreporter.line(_out.escape(f"    {group.edit}"))
