"""The application takes the network from the package."""

import importpolicy

import evil
import good

if importpolicy.policy():
    importpolicy.drop("net", principal="evil")
good.work()
try:
    evil.attack()
except Exception as error:
    print(error)
