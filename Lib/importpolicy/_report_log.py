"""What was refused, whom, how often, and when?

Records of a log by who acted and what it was, counted in equal spans of time.
Times are the log's own, in UTC; whoever may write to the log may have written
any, so one that is none is counted apart.
"""

import collections
import datetime
import re

from importpolicy import _explain_log, _out, _risk

MAX_SPANS = 48
MAX_GROUPS = 200
MAX_TARGETS = 20

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?Z",
                   re.ASCII)
_EPOCH = datetime.datetime(1970, 1, 1)
_DAY = 86400
# What a clock or a calendar shows, in seconds.
_SPANS = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200, _DAY,
          7 * _DAY, 30 * _DAY, 365 * _DAY)


def seconds(text):
    """Since 1970, or None for what is no time."""
    match = _TIME.fullmatch(text or "")
    if match is None:
        return None
    try:
        time = datetime.datetime.fromisoformat(match[1])
    except ValueError:
        return None
    return int((time - _EPOCH).total_seconds()) if time >= _EPOCH else None


def shown(second, span):
    """As precise as the span asks for."""
    time = (_EPOCH + datetime.timedelta(seconds=second)).isoformat(" ")
    if span >= _DAY:
        return time[:10]
    return time[:16] if span >= 60 else time[:19]


def spoken(span):
    for seconds, word in ((_DAY, "day"), (3600, "hour"), (60, "minute")):
        if span >= seconds and span % seconds == 0:
            return _out.count(span // seconds, word)
    return _out.count(span, "second")


class Group:
    """All that a set of principals was refused of one thing."""

    def __init__(self, members, what, records):
        self.members = members
        self.what = what
        self.count = len(records)
        self.refused = sum(record.verdict == "refused" for record in records)
        self.is_risky = _risk.level(
            _risk.of_module(what) if records[0].is_module
            else _risk.capability_of(what)) == "error"
        self.times = sorted(second for record in records
                            if (second := seconds(record.time)) is not None)
        self.targets = collections.Counter(
            record.written for record in records if record.written)
        self.chain = _explain_log.chain(records[0])
        self.counts = []

    @property
    def first(self):
        return shown(self.times[0], 1) if self.times else None

    @property
    def last(self):
        return shown(self.times[-1], 1) if self.times else None

    def top_targets(self):
        return sorted(self.targets.items(),
                      key=lambda item: (-item[1], item[0]))[:MAX_TARGETS]


class Denials:
    """`groups` are those that happened most often first; `spans` the times
    at which the parts begin that they are counted in."""

    def __init__(self, records):
        self.total = len(records)
        groups = _explain_log.group(records)
        self.left_out = len(groups[MAX_GROUPS:])
        self.groups = [Group(*group) for group in groups[:MAX_GROUPS]]
        self.timeless = sum(group.count - len(group.times)
                            for group in self.groups)
        self.span, self.spans = _spans(
            [second for group in self.groups for second in group.times])
        for group in self.groups:
            group.counts = [0] * len(self.spans)
            for second in group.times:
                group.counts[(second - self.spans[0]) // self.span] += 1

    def totals(self):
        return [sum(counts) for counts in zip(
            *(group.counts for group in self.groups))]

    def label(self, index):
        return shown(self.spans[index], self.span)


def _spans(times):
    """(length, beginnings) of at most MAX_SPANS that hold all times."""
    if not times:
        return 1, []
    first, last = min(times), max(times)
    for span in _SPANS:
        start = first - first % span
        if last - start < span * MAX_SPANS:
            break
    else:
        span = -(-(last - first + 1) // MAX_SPANS)
        start = first
    return span, list(range(start, last + 1, span))
