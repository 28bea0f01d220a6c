"""The application goes through what it was handed."""

import evil
import good

for _ in evil.make():
    pass
good.work()
