"""What is refused while something runs, libraries that swallow errors and
policies without a log included: the interpreter is asked, for this process."""

import dataclasses
import fnmatch
import json

import _importpolicy


@dataclasses.dataclass(frozen=True)
class Denial:
    """One refusal, or what would be one in audit mode.

    `principal` is the first who is not covered, `principals` all who acted;
    `what` a module, an audit event, or a capability where there is one.
    `chain` is innermost first: (principal, file, line).  `edit` is what would
    allow it, as a sentence.
    """

    principal: str
    principals: tuple
    what: str
    event: str
    key: str
    target: str | None
    refused: bool
    chain: tuple
    policy: str
    line: int
    message: str
    edit: str

    @classmethod
    def of(cls, record):
        """From a line of JSON, see _importpolicy.denials()."""
        fields = json.loads(record)
        place = fields["policy"]
        return cls(
            principal=fields["principal"],
            principals=tuple(fields["principals"]),
            what=fields.get("capability", fields["what"]),
            event=fields["what"], key=place["key"],
            target=fields["target"],
            refused=fields["verdict"] == "refused",
            chain=tuple((step["principal"], step["file"], step["line"])
                        for step in fields["chain"]),
            policy=place["file"], line=place["line"],
            message=fields["message"], edit=fields["edit"])

    def is_of(self, principal, what=None, target=None):
        """Is it one of these?  The target may be a pattern."""
        return principal in self.principals \
            and (what is None or what in (self.what, self.event, self.key)) \
            and (target is None or self.target is not None
                 and fnmatch.fnmatchcase(self.target, target))


class Recorder:
    """Of the denials from now on."""

    def __init__(self):
        self.next = _importpolicy.denials(1 << 62)[0]
        self.denials = []

    def look(self):
        """All of them so far."""
        self.next, records = _importpolicy.denials(self.next)
        self.denials += map(Denial.of, records)
        return self.denials
