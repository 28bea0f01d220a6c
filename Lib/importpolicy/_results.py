"""Grants become a policy, or a part of one that is there."""

from importpolicy import _ask, _edit, _out
from importpolicy._principals import APPLICATION


def notes(grants, records):
    """What the reader of a learned policy should know."""
    found = []
    for principal in grants.principals():
        entry = grants.entry(principal)
        if entry.get("env") in (["*"], True):
            found.append(f"{principal} looks at all environment variables; "
                         "name those that it needs instead of \"*\"")
    for record in grants.open:
        target = f" {record.target}" if record.target else ""
        who = " + ".join(record.members)
        why = "no dependency may do that, whatever it is granted" \
            if record.never else "nobody can say whom it was for"
        found.append(f"{who}: {record.event}{target} cannot be granted: "
                     f"{why}")
    return list(dict.fromkeys(found))


def merge_into(document, grants):
    """Add the grants to a policy that is there.  How many that were."""
    editor = _edit.Editor(document)
    changed = 0

    def is_there(principal, what):
        return editor.find("$permissions", principal, what) is not None

    grants.to_be_added(is_there)
    for principal, events in grants.listings.items():
        for event, targets in events.items():
            if is_there(principal, event):
                changed += editor.grant(principal, event, targets)
    for key in sorted(grants.modules):
        for name in sorted(grants.modules[key]):
            changed += editor.grant_module(key, name)
    if grants.trusted:
        changed += editor.grant_all(APPLICATION)
    for principal in grants.principals():
        for what, targets in grants.entry(principal).items():
            changed += editor.grant(principal, what, targets)
    changed += _merge_hosts(editor, grants.hosts)
    return changed


def _merge_hosts(editor, hosts):
    node = editor.find("$hosts")
    if node is None:
        if hosts:
            editor.add_member((), "$hosts", sorted(hosts))
        return len(hosts)
    new = sorted(hosts - {item.value for item in node.items})
    for host in new:
        editor.add_item(("$hosts",), host)
    return len(new)


def contents(grants, loaders=()):
    return grants.policy({"$loaders": sorted(loaders)} if loaders else {})


def new_policy(grants, loaders=()):
    return _edit.dumps(contents(grants, loaders)) + "\n"


def uncovered(records, file):
    """The records that a policy does not cover already.  The policy answers
    itself, in an interpreter that it is in force in."""
    policy = _ask.describe(file)
    hosts = set(policy["hosts"])
    narrowed = {name for name, what, *_ in policy["permissions"]
                if what == "env"}
    asked = [[(name, *_ask.question(record))
              for name in _judged(record, hosts)] for record in records]
    questions = list(dict.fromkeys(
        question for some in asked for question in some))
    answers = dict(zip(questions, _ask.ask(file, questions), strict=True))
    return [record for record, some in zip(records, asked, strict=True)
            if not all(answers[question]
                       # Through an own entry, of whatever names, it sees
                       # these alone, and that is all there is to it.
                       or (record.what == "env" and record.looks
                           and question[0] in narrowed)
                       for question in some)]


def _judged(record, hosts):
    others = [name for name in record.members
              if name not in hosts or name in record.inner]
    return others or record.members


def say_refused(records, file):
    """What is refused still, now that the policy was added to.  How many."""
    left = [record for record in uncovered(records, file)
            if not record.never and not record.is_unknown]
    for text in dict.fromkeys(
            f"{record.principal}: {record.what} {record.written or ''}"
            for record in left):
        _out.say(f"importpolicy: still refused: {text}; an exclusion, or "
                 "another entry, is in the way")
    return len(left)


def summary(output, grants, records, status):
    return {
        "policy": output,
        "status": status,
        "accesses": len(records),
        "modules": {key: sorted(names)
                    for key, names in sorted(grants.modules.items())},
        "permissions": {name: grants.entry(name)
                        for name in grants.principals()},
        "hosts": sorted(grants.hosts),
        "notes": notes(grants, records),
    }
