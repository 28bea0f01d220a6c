"""What does a denial log hold, and which edits would allow it?"""

import os

from importpolicy import _ask, _grants, _merge, _out, _reader, _results
from importpolicy._principals import Ancestry, used_directly


def listed(names):
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def group(records):
    """[(members, what, records)], those that happened most often first."""
    groups = {}
    for record in records:
        groups.setdefault((record.members, record.what), []).append(record)
    return sorted(((*key, found) for key, found in groups.items()),
                  key=lambda item: (-len(item[2]), item[0], item[1]))


def chain(record):
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
            value = "true" if targets is True else listed(targets)
            lines.append(f'"$permissions": "{principal}": "{what}": {value}')
    lines += [f'"$hosts": add "{name}"' for name in sorted(grants.hosts)]
    return lines


def run(args, file):
    records = _merge.read_all(args.log)
    left = _results.uncovered(records, file) if file else records
    unlocked = _ask.unlocked(file, {name for record in left
                                    for name in record.members})
    asked = [record for record in left
             if not unlocked.keys() & set(record.members)]
    directory = os.path.dirname(os.path.abspath(file)) if file else "."
    ancestry = Ancestry([directory])
    grants = _grants.solve(
        asked, ancestry, used_directly(ancestry, [directory])).to_be_added()
    changed = 0
    if args.apply:
        document = _reader.read(file)
        changed = _results.merge_into(document, grants)
        document.save()
    if args.json:
        _out.put_json({
            "denials": len(records), "policy": file, "applied": args.apply,
            "groups": [{"principals": list(members), "what": what,
                        "count": len(found),
                        "targets": sorted({record.written for record in found
                                           if record.written}),
                        "chain": chain(found[0])}
                       for members, what, found in group(records)],
            "edits": edits(grants),
            "notes": [*unlocked.values(),
                      *_results.notes(grants, asked)]})
    else:
        _put_log(records, left, grants,
                 [*unlocked.values(), *_results.notes(grants, asked)], args)
    if args.apply:
        _out.say(f"importpolicy: {_out.shown_path(file)}: "
                 f"{_out.count(changed, 'entry', 'entries')} added")
        return _out.FINDINGS if _results.say_refused(left, file) else _out.FINE
    return _out.FINDINGS if left else _out.FINE


def _put_log(records, left, grants, notes, args):
    for members, what, found in group(records):
        _out.put(_out.escape(f"{len(found)} x {' + '.join(members)}: {what}"))
        targets = sorted({record.written for record in found
                          if record.written})
        for target in targets[:8]:
            _out.put(_out.escape(f"      {target}"))
        if len(targets) > 8:
            _out.put(f"      ... {len(targets) - 8} more")
        _out.put(_out.escape(f"    {chain(found[0])}"))
    if not left:
        _out.say("importpolicy: the log holds no denials" if not records else
                 "importpolicy: the policy allows all of it by now")
        return
    lines = edits(grants)
    if lines and not args.apply:
        _out.put()
        _out.put("to allow it, if all of it should be:")
    for line in lines:
        _out.put(_out.escape(f"  {line}"))
    for note in notes:
        _out.say(f"importpolicy: note: {note}")
