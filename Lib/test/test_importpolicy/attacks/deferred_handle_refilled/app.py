"""The application has its own function called by a loop of evil's."""

import sys

import evil
import good

try:
    loop = evil.Loop()
    loop.call_soon(print)
    loop.call_soon(loop.stop)
    loop.run_forever()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
