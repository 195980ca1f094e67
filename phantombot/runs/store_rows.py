"""Convert a run to a row of the database, and back."""

import json
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import RowMapping

from phantombot.runs.ending import Ending
from phantombot.runs.model import Before, Detail, Run, State

_OF_ITS_OWN = {"state", "before", "detail", "ending", "also_rung"}
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
"""Columns named differently from the run's field."""
_PLAIN = {
    field.name: _COLUMNS.get(field.name, field.name)
    for field in fields(Run)
    if field.name not in _OF_ITS_OWN
}
"""The column of each field that is stored as it is."""
_NOT_KNOWN = -1
"""Stored for an unknown number, since the column doesn't allow NULL."""
_FIELDS = [field.name for field in fields(Run) if field.name != "id"]
_BEFORE = [field.name for field in fields(Before)]


def row_of(run: Run) -> dict[str, Any]:
    """Return all columns of a run except its id."""
    row = {column: getattr(run, name) for name, column in _PLAIN.items() if name != "id"}
    for name in _OF_ITS_OWN:
        row |= _columns(run, name)
    return row


def changed_columns(before: Run, after: Run) -> dict[str, Any]:
    """Return the columns in which `after` differs, and the version."""
    changed = [name for name in _FIELDS if getattr(before, name) != getattr(after, name)]
    columns = {column: value for name in changed for column, value in _columns(after, name).items()}
    if after.done and not before.done:
        columns["response_url"] = None
    return columns | {"version": after.version}


def run_of(row: RowMapping) -> Run:
    """Return the run that a row holds."""
    return Run(
        state=State(row["state"]),
        before=_before(row),
        detail=Detail(row["detail"]) if row["detail"] else None,
        ending=Ending(**json.loads(row["ending"])) if row["ending"] else None,
        also_rung=tuple((row["also_rung"] or "").split()),
        **{name: row[column] for name, column in _PLAIN.items()},
    )


def _columns(run: Run, name: str) -> dict[str, Any]:
    """Return the columns that store one field of the run."""
    match name:
        case "state":
            return {"state": run.state.value}
        case "detail":
            return {"detail": None if run.detail is None else int(run.detail)}
        case "ending":
            return {"ending": None if run.ending is None else json.dumps(asdict(run.ending))}
        case "also_rung":
            return {"also_rung": " ".join(run.also_rung) or None}
        case "before":
            busy = _NOT_KNOWN if run.before.busy is None else run.before.busy
            seen = {part: getattr(run.before, part) for part in _BEFORE} | {"busy": busy}
            return {f"before_{part}": value for part, value in seen.items()}
    return {_PLAIN[name]: getattr(run, name)}


def _before(row: RowMapping) -> Before:
    seen = {name: row[f"before_{name}"] for name in _BEFORE}
    return Before(**seen | {"busy": None if seen["busy"] == _NOT_KNOWN else seen["busy"]})
