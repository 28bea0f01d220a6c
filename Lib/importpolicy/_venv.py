"""What does the pyvenv.cfg of a new environment say about import policies?

Asked by venv, before it makes anything, when --policy names a file or when
there is an environment already.  The interpreter reads the key `importpolicy`
itself, relative to the file that it stands in (Python/policy_find.c); a file
that is named here is written with its full path.
"""

import os

from importpolicy import _ask, _reader

_KEY = "importpolicy"


def policies(cfg_path, policy, clear):
    """The lines for it; ValueError when they would help nobody.

    Without a new policy an environment keeps those that it has, whatever is
    made anew of it; --clear empties it, of these too.
    """
    if policy is not None:
        return _line(_checked(os.path.abspath(policy), cfg_path, clear))
    return "" if clear else "".join(map(_line, _there(cfg_path)))


def _line(value):
    return f"{_KEY} = {value}\n"


def _checked(policy, cfg_path, clear):
    """The path of a file that the interpreter starts with."""
    directory = os.path.dirname(cfg_path)
    if clear and os.path.realpath(policy).startswith(
            os.path.realpath(directory) + os.sep):
        raise ValueError(f"{policy}: lies in the directory that --clear "
                         "empties; keep it elsewhere")
    # A line there is taken as it stands, but for white space around it.
    if not policy.isprintable() or policy != policy.strip():
        raise ValueError(f"{policy!a}: no line of pyvenv.cfg can hold this "
                         "path; give the file another name")
    try:
        _reader.read(policy)
        _ask.describe(policy)           # with all that it extends
    except _reader.PolicyError as error:
        raise ValueError(f"{error}") from None
    return policy


def _there(cfg_path):
    """The values of the key in a pyvenv.cfg."""
    with open(cfg_path, encoding="utf-8", errors="surrogateescape") as file:
        pairs = [line.partition("=") for line in file]
    return [value.strip() for key, _, value in pairs
            if key.strip().lower() == _KEY]
