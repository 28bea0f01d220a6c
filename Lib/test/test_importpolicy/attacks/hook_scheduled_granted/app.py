"""The application runs its scheduler."""

import sched
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


scheduler = sched.scheduler()
attempt(evil.fill, scheduler)
attempt(scheduler.run)
good.work()
