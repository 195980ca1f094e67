"""How to reach one Phantombuster account: its key, its API version, and the form of requests."""

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

HINT_LENGTH = 4


class Api(StrEnum):
    """The versions of Phantombuster's API."""

    V1 = "v1"
    V2 = "v2"


@dataclass(frozen=True)
class Dialect:
    """The form of request that an account's server accepts in v1; None for what isn't known."""

    root: str = ""
    """URL under which `v1/` answers; empty for the first configured one."""
    suffix: bool | None = None
    """Whether paths end in `.json`, as until 2017."""
    post: bool | None = None
    """Whether launch and abort are POSTs, as since May 2015."""
    names_launches: bool | None = None
    """Whether the answer to a launch contains its container id, as since January 2015."""
    counts_launches: bool | None = None
    """Whether runs are identified by their launch number, as in October 2014."""

    def dumped(self) -> str:
        """Return it as JSON text for the database."""
        return json.dumps(asdict(self))


UNKNOWN = Dialect()
"""The dialect of an account about which nothing is known yet."""


def read_dialect(text: str | None) -> Dialect:
    """Parse the output of `dumped`; ignore fields that only another release knows."""
    stored: dict[str, Any] = json.loads(text) if text else {}
    return Dialect(**{name: stored[name] for name in _FIELDS if name in stored})


_FIELDS = tuple(each.name for each in fields(Dialect))


@dataclass(frozen=True)
class Org:
    """Phantombuster's own name for an account, needed for links; only v2 returns it."""

    id: str
    folder: str = ""
    """The folder of its result files; empty if it isn't known."""

    def dumped(self) -> str:
        """Return it as JSON text for the database."""
        return json.dumps(asdict(self))


def read_org(text: str | None) -> Org | None:
    """Parse the output of `Org.dumped`."""
    return Org(**json.loads(text)) if text else None


@dataclass(frozen=True)
class Capabilities:
    """What an account's API can do."""

    names_launches: bool
    """Whether the answer to a launch contains its container id, as far as is known."""
    tags_launches: bool
    """Whether a launch can carry a tag, by which to find it if its answer was lost."""
    takes_command: bool
    """Whether a launch can say `casperjs` or `phantomjs`."""
    tells_running: bool
    """Whether the account says which containers are running, not just how many."""
    tells_progress: bool
    """Whether the account says how far its runs have come."""
    stops_softly: bool
    """Whether a script can be asked to end by itself."""


@dataclass(frozen=True)
class ApiKey:
    """A workspace's Phantombuster API key, with what is known of its account."""

    value: str = field(repr=False)
    workspace: str = ""
    """Slack's team id; empty while the key is being checked."""
    dialect: Dialect = UNKNOWN
    stored_at: datetime | None = field(default=None, compare=False)
    """None while the key is being checked."""
    api: Api = Api.V1
    org: Org | None = None
    """None in v1, and if it couldn't be read."""

    @property
    def can(self) -> Capabilities:
        """Return what its API can do."""
        return _V2 if self.api is Api.V2 else _can_in_v1(self.dialect)


_V2 = Capabilities(
    names_launches=True,
    tags_launches=True,
    takes_command=False,
    tells_running=True,
    tells_progress=False,
    stops_softly=True,
)


def _can_in_v1(dialect: Dialect) -> Capabilities:
    names = dialect.names_launches
    return Capabilities(
        names_launches=not dialect.counts_launches if names is None else names,
        tags_launches=False,
        takes_command=True,
        tells_running=False,
        tells_progress=True,
        stops_softly=False,
    )


@dataclass(frozen=True)
class KeyNote:
    """The parts of a stored key that can be shown."""

    hint: str
    """Its last 4 characters."""
    stored_by: str
    """Slack's id of the admin."""
    stored_at: datetime
    api: Api = Api.V1
    can_move: bool = False
    """Whether it uses v1, but v2 has answered it too."""


def takes_engines(note: KeyNote | None) -> bool:
    """Return whether `casperjs` and `phantomjs` exist for an account, as far as is known of it."""
    return note is None or note.api is Api.V1
