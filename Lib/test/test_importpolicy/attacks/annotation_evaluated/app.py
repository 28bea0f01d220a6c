"""The application looks at the types of a class, as validators do."""

import typing

import evil
import good

good.work()
try:
    typing.get_type_hints(evil.Record)
except Exception as error:
    print(error)
