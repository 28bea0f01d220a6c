"""The application uses what evil has given it."""

import sched
import sys

import evil

try:
    scheduler = sched.scheduler()
    evil.attack(scheduler)
    scheduler.run()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
