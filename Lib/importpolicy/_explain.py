"""Why is this allowed, or refused?

The verdict is the interpreter's own (see _ask.py).  The steps that led to it
are told from what the policy says, in the order in which it is judged.
"""

import importlib.util
import os
import sys

from importpolicy import _ask, _explain_log, _out, _reader
from importpolicy._explain_log import listed
from importpolicy._lint_names import module_exists, near_name
from importpolicy._principals import APPLICATION, Ancestry, used_directly
from importpolicy._risk import CAPABILITIES, of_event

DESCRIPTION = """\
Say whether WHO may do WHAT, and every step that leads to the answer.

WHO is a dependency's import name, or __main__ for the application.  WHAT is a
module, a capability (net, read, write, run, env, ffi, patch, sys), an audit
event, or builtins.NAME; a TARGET is a host, a path, a program or a name.

With --log it is a denial log that is explained: what was refused, how often,
and the narrowest edits that would allow it.
"""

EXAMPLE = """\
examples:
  python -m importpolicy explain urllib3 socket
  python -m importpolicy explain requests net example.com:443
  python -m importpolicy explain --log refused.jsonl
  python -m importpolicy explain --log refused.jsonl --apply

The exit status is 0 when it is allowed, 1 when it is not.
"""


def add_arguments(parser):
    parser.add_argument("who", nargs="?", metavar="WHO")
    parser.add_argument("what", nargs="?", metavar="WHAT")
    parser.add_argument("target", nargs="?", metavar="TARGET")
    parser.add_argument("-p", "--policy", metavar="POLICY",
                        type=_reader.policy_in,
                        help="the policy, or its directory (default: that of "
                             "the current one)")
    parser.add_argument("--log", metavar="LOG", action="append",
                        help="explain what a log holds")
    parser.add_argument("--apply", action="store_true",
                        help="write the edits into the policy, and keep its "
                             "order and form")
    parser.add_argument("--json", action="store_true",
                        help="as JSON")


# --- One question -----------------------------------------------------------

class _Steps:
    """How one policy comes to its answer."""

    def __init__(self, described, ancestry, who, what, target):
        self.policy = described
        self.ancestry = ancestry
        self.who = who
        self.what = what
        self.target = target
        self.steps = []

    def add(self, text, file=None, line=None):
        self.steps.append({"text": text, "file": file, "line": line or None})

    def above(self, names):
        """Those of the names that are ancestors, with the way there."""
        found = []
        for name in names:
            if name not in ("*", self.who) \
                    and self.ancestry.is_ancestor(name, self.who):
                found.append(name)
        return found

    def module(self, key):
        file, line, names = self.policy["rules"][key]
        if names == "*":
            self.add(f'"{key}": "*" lets everyone', file, line)
            return
        self.add(f'"{key}" lists {listed(names)}', file, line)
        if self.who in names:
            self.add(f"{self.who} is listed")
        elif self.who == APPLICATION:
            self.add("the application is not listed")
        elif above := self.above(names):
            self.add(f"{above[0]} is listed, and {self.who} comes with it")
        else:
            self.add(f"{self.who} is not listed, and comes with none of "
                     "those that are")

    def capability(self, capability, event, answer):
        """The four places, in the order of the rule, up to the one that
        decides."""
        whats = [event] if event else []
        whats += [capability, "*"] if capability else ["*"]
        entries = self.policy["permissions"]
        own = [entry for what in whats for entry in entries
               if entry[0] == self.who and entry[1] == what]
        if own:
            self.entry(own[0], f"{self.who}'s own entry is final")
            return
        self.add(f"{self.who} has no entry of its own about it")
        if self.who != APPLICATION:
            for name in self.above({entry[0] for entry in entries}):
                found = [entry for what in whats for entry in entries
                         if entry[0] == name and entry[1] == what]
                if found:
                    self.entry(found[0], f"{self.who} comes with {name}")
                    if answer["ancestor"] == name:
                        return
            everyone = [entry for what in whats for entry in entries
                        if entry[0] == "*" and entry[1] == what]
            has_entry = any(entry[0] == self.who for entry in entries)
            if everyone and not has_entry:
                self.entry(everyone[0], 'the entry of "*"')
                return
        self.add(f'"$default" is "{self.policy["default"]}"',
                 self.policy["file"])

    def entry(self, entry, why):
        name, what, granted, file, line = entry
        says = "everything" if granted is True and what == "*" \
            else "all of it" if granted is True \
            else "none of it" if granted is False else listed(granted)
        self.add(f'{why}: "{name}" has "{what}": {says}', file, line)


def _kind(what):
    if what in CAPABILITIES:
        return what, None
    if what in _ask._KNOWN:
        return of_event(what), what
    return None, None


def _key(policy, module):
    """The key of the policy that speaks of the module."""
    parts = module.split(".")
    for n in range(len(parts), 0, -1):
        key = ".".join(parts[:n])
        if key in policy["rules"]:
            return key
    return None


def explain(file, who, what, target):
    """The answer to one question, with its steps."""
    answer, = _ask.details(file, [[who, what, target]])
    if "error" in answer:
        return answer
    policies = [_ask.describe(file)] if file else _ask.in_force()
    ancestry = Ancestry([os.path.dirname(file or "")])
    steps = []
    if answer["unlocked"] and not answer["fixed"]:
        steps.append({"text": answer["unlocked"], "file":
                      next((policy["lock"] for policy in policies
                            if policy["lock"]), None), "line": None})
    for policy in policies:
        found = _Steps(policy, ancestry, who, what, target)
        found.add("the policy" if file else
                  f"a policy in force here, {policy['origin']}",
                  policy["file"])
        if answer["kind"] in ("module", "builtin"):
            key = answer["key"] if answer["key"] in policy["rules"] \
                else _key(policy, what)
            if key is None:
                found.add("no key speaks of it")
            else:
                found.module(key)
        else:
            capability, event = _kind(what)
            if answer["fixed"]:
                found.add("everyone may" if answer["answer"] else
                          "no dependency may, whatever it is granted")
            else:
                found.capability(capability, event, answer)
        steps += found.steps
    return answer | {"steps": steps}


def proposal(args, answer, file):
    """The narrowest edit that would allow it, or None."""
    if answer["answer"] is True or answer["fixed"] or answer["unlocked"]:
        return None
    directory = os.path.dirname(os.path.abspath(file)) if file else "."
    ancestry = Ancestry([directory])
    own = answer["key"] == args.who and answer["kind"] in (
        "capability", "event")
    name = args.who
    if not own and name != APPLICATION:
        direct = used_directly(ancestry, [directory])
        above = [other for other in sorted(direct)
                 if ancestry.is_ancestor(other, name)]
        name = name if name in direct or not above else above[0]
    if answer["kind"] in ("module", "builtin"):
        return f'add "{name}" to the list of "{answer["key"]}"'
    policy = _ask.describe(file) if file else {"file": "", "permissions": []}
    return _addition(name, args.what, args.target, {
        what: granted for other, what, granted, where, _
        in policy["permissions"]
        if other == name and where == policy["file"]})


def _addition(name, what, target, own):
    """What to add to that entry, and where: no key may stand there twice."""
    value = f'["{target}"]' if target else "true"
    granted = own.get(what)
    if isinstance(granted, (list, tuple)) and target:
        return (f'add "{target}" to the list of "{what}" of "{name}" in '
                '"$permissions"')
    if own:
        verb, where = ("write", "in") if what in own else ("add", "to")
        return (f'{verb} "{what}": {value} {where} the entry of "{name}" in '
                '"$permissions"')
    return f'add "{name}": {{"{what}": {value}}} to "$permissions"'


def _is_module(name):
    """Is there one?  What is installed is not imported to find out."""
    top, dot, _ = name.partition(".")
    if dot and top not in sys.stdlib_module_names:
        return module_exists(top)
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _doubt(what, answer):
    """Whatever is no capability and no event is taken for a module."""
    if answer["kind"] != "module" or _is_module(what):
        return
    near = near_name(what, sorted({*CAPABILITIES, *_ask._KNOWN}))
    _out.say(f'importpolicy: note: there is no module "{what}"'
             + (f'; did you mean "{near}"?' if near else " here"))


def _verdict(who, what, target, answer):
    subject = "the application" if who == APPLICATION else who
    thing = f"import {what}" if answer["kind"] == "module" \
        else f"call {what}" if answer["kind"] == "builtin" else f"use {what}"
    if target:
        thing += f" on {target}"
    match answer["answer"]:
        case True:
            return f"{subject} may {thing}"
        case False:
            return f"{subject} may not {thing}"
    return f"{subject} may {thing} on some targets only"


def _where(step):
    if not step["file"]:
        return ""
    line = f":{step['line']}" if step["line"] else ""
    return f"{_out.shown_path(step['file'])}{line}: "


def _explain_one(args, file):
    answer = explain(file, args.who, args.what, args.target)
    if "error" in answer:
        return _out.fail(answer["error"])
    allowed = answer["answer"] is True
    edit = proposal(args, answer, file)
    _doubt(args.what, answer)
    if args.json:
        _out.put_json({"principal": args.who, "what": args.what,
                       "target": args.target, "allowed": allowed,
                       "depends": answer["answer"] is None,
                       "edit": edit} | {
                           name: answer[name] for name in
                           ("kind", "file", "line", "key", "ancestor",
                            "unlocked", "steps")})
    else:
        _out.put(_out.paint(
            _out.escape(_verdict(args.who, args.what, args.target, answer)),
            "good" if allowed else "error"))
        for number, step in enumerate(answer["steps"], 1):
            _out.put(_out.escape(f"  {number}. {_where(step)}"
                                 f"{step['text']}"))
        if edit:
            _out.put(_out.escape(f"  to allow it, {edit}"))
    return _out.FINE if allowed else _out.FINDINGS


def run(args):
    file = args.policy
    if file is None and os.path.exists("policy.json"):
        file = "policy.json"
    if args.log:
        if args.who:
            return _out.fail("write WHO and WHAT, or --log")
        if args.apply and not file:
            return _out.fail("there is no policy.json; name it with --policy")
        return _explain_log.run(args, file)
    if not args.what:
        return _out.fail("write explain WHO WHAT, or --log FILE")
    if file is None and not _ask.in_force():
        return _out.fail("no policy is in force here; name one with --policy")
    return _explain_one(args, file)
