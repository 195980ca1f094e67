"""What is kept of a result, so that the new rows of the next one can be counted. Pure."""

import hashlib
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phantombot.runs.rows import Rows

MOST = 10_000
"""Rows of a result that are kept: 60 kB. Of more nothing is kept, and nothing is said."""
_DIGEST = 6
"""Bytes: that one of 10,000 new rows is taken for a known one happens once in 2.8 million runs."""

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
"""Names of columns that tell a row from any other, now and in the next run, best first.

Other columns may be unique too, but change with each run, as times and signed pictures do.
"""


@dataclass(frozen=True)
class KnownRows:
    """The rows of one result, as digests of one column; with `salt` they tell nothing elsewhere."""

    column: str
    salt: str = field(repr=False)
    digests: str = field(repr=False)
    """Base64 of one digest after the other, in the order of their bytes."""

    def count_new(self, rows: Rows) -> int:
        """How many of these rows were not among the known ones."""
        known = b64decode(self.digests)
        each = {known[at : at + _DIGEST] for at in range(0, len(known), _DIGEST)}
        return sum(one not in each for one in _digests(rows, self.column, self.salt))


@dataclass(frozen=True)
class KeptRows:
    """What is kept of a result, and when the run that gave it had ended."""

    rows: KnownRows
    at: datetime


def known_rows(rows: Rows, earlier: KnownRows | None = None) -> KnownRows | None:
    """What to keep of the rows; by the column of the earlier ones, if it still tells rows apart.

    None where no column does, or of too many rows.
    """
    column = stable_column(rows, earlier.column if earlier else None)
    if column is None or len(rows.objects) > MOST:
        return None
    salt = secrets.token_hex(16)
    digests = b"".join(sorted(_digests(rows, column, salt)))
    return KnownRows(column, salt, b64encode(digests).decode())


def stable_column(rows: Rows, preferred: str | None = None) -> str | None:
    """The best column with another value in every row, and never none."""
    by_name = {_plain(column): column for column in reversed(rows.columns)}
    candidates = [preferred, *(by_name.get(_plain(key)) for key in KEYS)]
    return next((one for one in candidates if one is not None and _tells(rows, one)), None)


def _tells(rows: Rows, column: str) -> bool:
    values = rows.values(column)
    names = {_name(value) for value in values}
    return "" not in names and len(names) == len(values) > 0


def _name(value: Any) -> str:
    """A number and a text of the same digits are one; anything else is no name of a row."""
    named = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).strip() if named else ""


def _digests(rows: Rows, column: str, salt: str) -> list[bytes]:
    key = bytes.fromhex(salt)
    named = (_name(value).encode("utf-8", "surrogatepass") for value in rows.values(column))
    return [hashlib.blake2b(name, key=key, digest_size=_DIGEST).digest() for name in named]


def _plain(name: str) -> str:
    """`linkedInProfileUrl`, `linkedin_profile_url` and `LinkedIn Profile URL` are one name."""
    return "".join(filter(str.isalnum, name)).casefold()
