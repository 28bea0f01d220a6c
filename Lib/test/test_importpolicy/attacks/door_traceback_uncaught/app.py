"""The application catches nothing."""

import good

good.work()

import evil

evil.attack()
