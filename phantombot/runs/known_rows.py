"""Digests of a result's rows, kept to count the new rows of the next result. Pure."""

import hashlib
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phantombot.runs.rows import Rows

MOST = 10_000
"""Maximum rows of a result, 60 kB; rows of a larger one are neither kept nor counted."""
_DIGEST = 6
"""Bytes per digest: with 10,000 rows, one collides with a known one every 2.8 million runs."""

KEYS = (
    "profileUrl",
    "linkedinProfileUrl",
    "linkedinUrl",
    "publicProfileUrl",
    "defaultProfileUrl",
    "profileLink",
    "linkedinProfile",
    "salesNavigatorUrl",
    "companyUrl",
    "linkedinCompanyUrl",
    "postUrl",
    "tweetUrl",
    "tweetLink",
    "jobUrl",
    "videoUrl",
    "channelUrl",
    "threadUrl",
    "placeUrl",
    "twitterUrl",
    "facebookUrl",
    "instagramUrl",
    "url",
    "link",
    "permalink",
    "id",
    "_id",
    "vmid",
    "profileId",
    "memberId",
    "userId",
    "postId",
    "tweetId",
    "placeId",
    "uuid",
    "email",
    "screenName",
    "handle",
    "twitterHandle",
    "username",
)
"""Column names that identify a row, in this run and the next, best first.

Other columns can be unique too, but change with each run, such as times and signed picture URLs.
"""


@dataclass(frozen=True)
class KnownRows:
    """Digests of one column of a result; `salt` makes them useless elsewhere."""

    column: str
    salt: str = field(repr=False)
    digests: str = field(repr=False)
    """Base64 of the concatenated digests, sorted."""

    def count_new(self, rows: Rows) -> int:
        """Return how many of these rows are new."""
        known = b64decode(self.digests)
        each = {known[at : at + _DIGEST] for at in range(0, len(known), _DIGEST)}
        return sum(one not in each for one in _digests(rows, self.column, self.salt))


@dataclass(frozen=True)
class KeptRows:
    """Digests of a result's rows, and when its run ended."""

    rows: KnownRows
    at: datetime


def known_rows(rows: Rows, earlier: KnownRows | None = None) -> KnownRows | None:
    """Return the digests to keep, of the same column as before if that still identifies rows.

    Return None if no column identifies rows, or if there are too many.
    """
    column = stable_column(rows, earlier.column if earlier else None)
    if column is None or len(rows.objects) > MOST:
        return None
    salt = secrets.token_hex(16)
    digests = b"".join(sorted(_digests(rows, column, salt)))
    return KnownRows(column, salt, b64encode(digests).decode())


def stable_column(rows: Rows, preferred: str | None = None) -> str | None:
    """Return the best column that has a different value in every row."""
    by_name = {_plain(column): column for column in reversed(rows.columns)}
    candidates = [preferred, *(by_name.get(_plain(key)) for key in KEYS)]
    return next((one for one in candidates if one is not None and _tells(rows, one)), None)


def _tells(rows: Rows, column: str) -> bool:
    values = rows.values(column)
    names = {_name(value) for value in values}
    return "" not in names and len(names) == len(values) > 0


def _name(value: Any) -> str:
    """Return a value as text, so that 7 and "7" are equal; empty if it can't name a row."""
    named = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).strip() if named else ""


def _digests(rows: Rows, column: str, salt: str) -> list[bytes]:
    key = bytes.fromhex(salt)
    named = (_name(value).encode("utf-8", "surrogatepass") for value in rows.values(column))
    return [hashlib.blake2b(name, key=key, digest_size=_DIGEST).digest() for name in named]


def _plain(name: str) -> str:
    """Return a name without case and separators, so that `linkedin_url` equals `LinkedIn URL`."""
    return "".join(filter(str.isalnum, name)).casefold()
