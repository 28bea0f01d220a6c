"""The application unpickles what a package gives to it."""

import pickle

import evil
import good

good.work()
pickle.loads(evil.data)
