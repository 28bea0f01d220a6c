"""The application lends its context."""

import contextvars

import evil
import good

good.work()
try:
    evil.use(contextvars.copy_context())
except Exception as error:
    print(error)
