"""A run as a row of the database, and back."""

import json
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import RowMapping

from phantombot.runs.ending import Ending
from phantombot.runs.model import Before, Detail, Run, State

_OF_ITS_OWN = {"id", "version", "state", "before", "detail", "ending"}
_COLUMNS = {
    "last_error": "trouble",
    "error_since": "trouble_at",
    "message_channel": "home",
    "pending_post": "posting",
    "message_digest": "said",
    "message_at": "said_at",
    "retry_after": "say_after",
    "done": "told",
}
"""The columns that have another name than the field of a run."""
_PLAIN = {
    field.name: _COLUMNS.get(field.name, field.name)
    for field in fields(Run)
    if field.name not in _OF_ITS_OWN
}
"""The column of each field that is stored as it is."""
_NOT_KNOWN = -1
"""In the place of a number that was not seen: the column takes no NULL."""
_BEFORE = [field.name for field in fields(Before)]


def columns_of(changes: dict[str, Any]) -> dict[str, Any]:
    """The columns that changes of a run are written to."""
    columns = {_PLAIN[name]: value for name, value in changes.items() if name in _PLAIN}
    if "state" in changes:
        columns["state"] = changes["state"].value
    if "detail" in changes:
        columns["detail"] = changes["detail"] and int(changes["detail"])
    if "before" in changes:
        columns |= {f"before_{name}": value for name, value in asdict(changes["before"]).items()}
        columns["before_busy"] = (
            _NOT_KNOWN if columns["before_busy"] is None else columns["before_busy"]
        )
    if "ending" in changes:
        ending = changes["ending"]
        columns["ending"] = None if ending is None else json.dumps(asdict(ending))
    if changes.get("done"):
        columns["response_url"] = None
    return columns


def run_of(row: RowMapping) -> Run:
    """The run that a row holds."""
    return Run(
        id=row["id"],
        version=row["version"],
        state=State(row["state"]),
        before=_before(row),
        detail=Detail(row["detail"]) if row["detail"] else None,
        ending=Ending(**json.loads(row["ending"])) if row["ending"] else None,
        **{name: row[column] for name, column in _PLAIN.items()},
    )


def _before(row: RowMapping) -> Before:
    seen = {name: row[f"before_{name}"] for name in _BEFORE}
    return Before(**seen | {"busy": None if seen["busy"] == _NOT_KNOWN else seen["busy"]})
