"""The application narrows what is called in a block."""

import contextlib

import importpolicy

import evil
import good

good.work()
permit = (importpolicy.permit(net=False) if importpolicy.policy()
          else contextlib.nullcontext())
with permit:
    evil.attack()
