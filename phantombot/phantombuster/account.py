"""How one Phantombuster account is reached: its key, and the form of request that it answers."""

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Dialect:
    """The form of request that an account's server was found to take; None where unknown."""

    root: str = ""
    """URL under which `v1/` answers; empty for the first that is configured."""
    suffix: bool | None = None
    """Whether paths end in `.json`, as until 2017."""
    post: bool | None = None
    """Whether launch and abort are POSTs, as since May 2015."""
    names_launches: bool | None = None
    """Whether the answer to a launch names its container, as since January 2015."""
    counts_launches: bool | None = None
    """Whether runs go by their launch number, as in the form of October 2014."""

    def dumped(self) -> str:
        """Return it as JSON text, to be stored."""
        return json.dumps(asdict(self))


UNKNOWN = Dialect()
"""The dialect of an account about which nothing is known yet."""


def read_dialect(text: str | None) -> Dialect:
    """Return what `dumped` wrote; ignore what another release stored and this one doesn't know."""
    stored: dict[str, Any] = json.loads(text) if text else {}
    return Dialect(**{name: stored[name] for name in _FIELDS if name in stored})


_FIELDS = tuple(each.name for each in fields(Dialect))


@dataclass(frozen=True)
class ApiKey:
    """A workspace's Phantombuster API key, with the dialect of its account."""

    value: str = field(repr=False)
    workspace: str = ""
    """Slack's team id; empty while the key is being checked."""
    dialect: Dialect = UNKNOWN
    stored_at: datetime | None = field(default=None, compare=False)
    """None while the key is being checked."""


@dataclass(frozen=True)
class KeyNote:
    """The parts of a stored key that can be shown."""

    hint: str
    """Its last 4 characters."""
    stored_by: str
    """Slack's id of the admin."""
    stored_at: datetime
