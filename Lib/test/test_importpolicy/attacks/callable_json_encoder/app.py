"""The application writes as JSON what it was handed."""

import json
import sys

import evil
import good

try:
    json.dumps(evil.attack())
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
