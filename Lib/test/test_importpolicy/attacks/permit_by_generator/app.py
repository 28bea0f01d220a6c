"""The application goes on with a generator in a block."""

import contextlib

import importpolicy

import evil
import good

good.work()
generator = evil.begin()
permit = (importpolicy.permit(net=False) if importpolicy.policy()
          else contextlib.nullcontext())
with permit:
    try:
        next(generator, None)
    except Exception as error:
        print(error)
