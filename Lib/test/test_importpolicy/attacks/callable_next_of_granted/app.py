"""The application calls what it was handed."""

import evil
import good

evil.make()()
good.work()
