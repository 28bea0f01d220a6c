"""The commands of `python -m importpolicy`.

Each is a module of its own, named by the table below, with

    HELP                one line
    DESCRIPTION         what --help says first
    EXAMPLE             what it says last
    add_arguments(parser)
    run(args)           returns the exit status

and is imported when it is asked for: 0 when all is fine, 1 when there is
something to look at, 2 when the command could not do its work.
"""

import argparse
import importlib
import sys

from importpolicy import AccessDenied, ImportDenied
from importpolicy._out import FINE, UNUSABLE, fail
from importpolicy._reader import PolicyError

# Name, module, what the overview says.
COMMANDS = (
    ("learn", "_learn", "run a program and write the policy that it needs"),
    ("merge", "_merge", "fold denial logs of many runs into one policy"),
    ("lock", "_lock", "write down what is installed, to be held to it"),
    ("check", "_check", "look for mistakes in a policy"),
    ("explain", "_explain", "say why something is allowed or refused"),
    ("diff", "_diff", "say in words what another policy newly grants"),
    ("inspect", "_inspect", "say what a package can do, without running it"),
    ("report", "_report", "write a page that shows a policy at work"),
    ("schema", "_schema", "print the JSON Schema of policy.json"),
)

DESCRIPTION = """\
Write, check and understand import policies.

Exit status: 0 when all is fine, 1 when there is something to look at, 2 when
the command could not do its work.
"""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """As wide everywhere, so that it can be quoted."""

    def __init__(self, prog):
        super().__init__(prog, max_help_position=24, width=79)


def _overview():
    lines = [f"  {name:<10}{text}" for name, _, text in COMMANDS]
    return "commands:\n" + "\n".join(lines) + """

python -m importpolicy COMMAND --help tells more about each.

example:
  python -m importpolicy learn app.py
"""


def make_parser(prog, module):
    parser = argparse.ArgumentParser(
        prog=prog, description=module.DESCRIPTION,
        epilog=module.EXAMPLE, formatter_class=Formatter, allow_abbrev=False)
    module.add_arguments(parser)
    return parser


def _main(argv):
    parser = argparse.ArgumentParser(
        prog="python -m importpolicy", description=DESCRIPTION,
        epilog=_overview(), formatter_class=Formatter, allow_abbrev=False,
        usage="%(prog)s COMMAND ...")
    parser.add_argument("command", metavar="COMMAND", help=argparse.SUPPRESS,
                        choices=[name for name, _, _ in COMMANDS])
    parser.add_argument("arguments", nargs=argparse.REMAINDER,
                        help=argparse.SUPPRESS)
    if not argv:
        parser.print_help()
        return UNUSABLE
    args = parser.parse_args(argv[:1])
    name, = (name for command, name, _ in COMMANDS if command == args.command)
    module = importlib.import_module(f"importpolicy.{name}")
    command = make_parser(f"python -m importpolicy {args.command}", module)
    return module.run(command.parse_args(argv[1:]))


def main(argv=None):
    """Run one command; returns the exit status."""
    for stream in sys.stdout, sys.stderr:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _main(sys.argv[1:] if argv is None else argv) or FINE
    except PolicyError as error:
        return fail(error)
    except (AccessDenied, ImportDenied) as error:
        return fail(f"a policy that is in force here is in the way; start "
                    f"with -X importpolicy=off\n{error}")
    except BrokenPipeError:
        sys.stderr.close()
        return UNUSABLE
    except KeyboardInterrupt:
        return 130
