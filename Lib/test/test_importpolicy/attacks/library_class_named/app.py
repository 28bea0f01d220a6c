"""The application loads the module after evil."""

import sys

import evil
import sched

try:
    scheduler = sched.scheduler()
    evil.attack(scheduler)
    scheduler.run()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
