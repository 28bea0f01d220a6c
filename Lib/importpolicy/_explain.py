"""Why is this allowed, or refused?

The verdict is the interpreter's own (see _ask.py).  The steps that led to it
are told from what the policy says, in the order in which it is judged.
"""

import os

from importpolicy import _ask, _grants, _learn, _merge, _out, _reader
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
    parser.add_argument("-p", "--policy", metavar="FILE",
                        help="the policy (default: policy.json)")
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
        self.add(f'"{key}" lists {_list(names)}', file, line)
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
            else "none of it" if granted is False else _list(granted)
        self.add(f'{why}: "{name}" has "{what}": {says}', file, line)


def _list(names):
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


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
    ancestry = Ancestry()
    steps = []
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
    if answer["answer"] is True or answer["fixed"]:
        return None
    ancestry = Ancestry()
    directory = os.path.dirname(os.path.abspath(file)) if file else "."
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
    value = f'["{args.target}"]' if args.target else "true"
    return (f'add "{name}": {{"{args.what}": {value}}} to "$permissions"')


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
    if args.json:
        _out.put_json({"principal": args.who, "what": args.what,
                       "target": args.target, "allowed": allowed,
                       "depends": answer["answer"] is None,
                       "edit": edit} | {
                           name: answer[name] for name in
                           ("kind", "file", "line", "key", "ancestor",
                            "steps")})
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


# --- A log ------------------------------------------------------------------

def group(records):
    """[(members, what, records)], those that happened most often first."""
    groups = {}
    for record in records:
        groups.setdefault((record.members, record.what), []).append(record)
    return sorted(((*key, found) for key, found in groups.items()),
                  key=lambda item: (-len(item[2]), item[0], item[1]))


def _chain(record):
    steps = []
    for principal, file, line in record.chain:
        place = f" ({_out.shown_path(file)}:{line})" if file else ""
        steps.append(principal + place)
    return " <- ".join(steps[:6]) + (" <- ..." if len(steps) > 6 else "")


def edits(grants):
    """What would be written, a line for each."""
    lines = [f'"{key}": add "{name}"'
             for key, names in sorted(grants.modules.items())
             for name in sorted(names)]
    for principal in grants.principals():
        for what, targets in grants.entry(principal).items():
            value = "true" if targets is True else _list(targets)
            lines.append(f'"$permissions": "{principal}": "{what}": {value}')
    lines += [f'"$hosts": add "{name}"' for name in sorted(grants.hosts)]
    return lines


def _explain_log(args, file):
    records = _merge.read_all(args.log)
    left = _learn.uncovered(records, file) if file else records
    ancestry = Ancestry()
    directory = os.path.dirname(os.path.abspath(file)) if file else "."
    grants = _grants.solve(left, ancestry,
                           used_directly(ancestry, [directory]))
    changed = 0
    if args.apply:
        document = _reader.read(file)
        changed = _learn.merge_into(document, grants)
        document.save()
    if args.json:
        _out.put_json({
            "denials": len(records), "policy": file, "applied": args.apply,
            "groups": [{"principals": list(members), "what": what,
                        "count": len(found),
                        "targets": sorted({record.written for record in found
                                           if record.written}),
                        "chain": _chain(found[0])}
                       for members, what, found in group(records)],
            "edits": edits(grants),
            "notes": _learn.notes(grants, left)})
    else:
        _put_log(records, left, grants, args, file)
    if args.apply:
        _out.say(f"importpolicy: {_out.shown_path(file)}: "
                 f"{_out.count(changed, 'entry', 'entries')} added")
        return _out.FINDINGS if _learn.say_refused(left, file) else _out.FINE
    return _out.FINDINGS if left else _out.FINE


def _put_log(records, left, grants, args, file):
    for members, what, found in group(records):
        _out.put(_out.escape(f"{len(found)} x {' + '.join(members)}: {what}"))
        targets = sorted({record.written for record in found
                          if record.written})
        for target in targets[:8]:
            _out.put(_out.escape(f"      {target}"))
        if len(targets) > 8:
            _out.put(f"      ... {len(targets) - 8} more")
        _out.put(_out.escape(f"    {_chain(found[0])}"))
    if not left:
        _out.say("importpolicy: the log holds no denials" if not records else
                 "importpolicy: the policy allows all of it by now")
        return
    if not args.apply:
        _out.put()
        _out.put("to allow it, if all of it should be:")
    for line in edits(grants):
        _out.put(_out.escape(f"  {line}"))
    for note in _learn.notes(grants, left):
        _out.say(f"importpolicy: note: {note}")


def run(args):
    file = args.policy
    if file is None and os.path.exists("policy.json"):
        file = "policy.json"
    if args.log:
        if args.who:
            return _out.fail("write WHO and WHAT, or --log")
        if args.apply and not file:
            return _out.fail("there is no policy.json; name it with --policy")
        return _explain_log(args, file)
    if not args.what:
        return _out.fail("write explain WHO WHAT, or --log FILE")
    if file is None and not _ask.in_force():
        return _out.fail("no policy is in force here; name one with --policy")
    return _explain_one(args, file)
