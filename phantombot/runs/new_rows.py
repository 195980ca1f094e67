"""Count a result's new rows since the last run of the same launch."""

import logging
from dataclasses import replace

from phantombot.context import Context
from phantombot.errors import DecryptionError
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.known_rows import KnownRows, known_rows
from phantombot.runs.model import Run
from phantombot.runs.rows import rows_of

log = logging.getLogger(__name__)


def compared(
    context: Context, run: Run, ending: Ending, result: str | None
) -> tuple[Ending, KnownRows | None]:
    """Return the ending with its number of new rows, and the digests to store.

    Launches are the same if agent and argument are: another argument is another search. Empty
    results in between are skipped.
    """
    rows = rows_of(result) if ending.kind is Kind.SUCCESS else None
    if rows is None or run.agent_id is None:
        return ending, None
    try:
        kept = context.runs.kept_rows(run)
    except DecryptionError:
        log.info("run %s: the digests of earlier rows can't be decrypted", run.id)
        return ending, None
    known = known_rows(rows, kept.rows if kept else None)
    if kept is None or known is None or kept.rows.column != known.column:
        return ending, known
    since = kept.at.timestamp()
    return replace(ending, new=kept.rows.count_new(rows), new_since=since), known
