"""Post the thread under a run's message, once: mentions, the console's last lines, the result.

Slack notifies nobody of an edit, so nobody hears that a run's message shows its ending. If the
launcher should hear of it, the thread's first post mentions them and says how the run ended. If the
channel is set to show endings among its own messages, that post is always made, and sent there too.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial

from phantombot.context import Context
from phantombot.errors import (
    AnswerTooLarge,
    DecryptionError,
    PhantombusterError,
    SlackError,
    SlackUnavailable,
)
from phantombot.messages.blocks import File, Message, together
from phantombot.messages.detail import (
    NOT_GIVEN,
    TOO_LARGE,
    count_message,
    detail_message,
    result_file,
    result_not_uploaded,
    rows_message,
)
from phantombot.messages.endings import ring
from phantombot.phantombuster.redaction import HIDDEN
from phantombot.runs.channel_settings import shown_in_channel
from phantombot.runs.console import Console
from phantombot.runs.ending import PRIVATE, Kind
from phantombot.runs.model import Detail, Run
from phantombot.runs.poll import console_of
from phantombot.runs.redact import secrets_of_run
from phantombot.runs.result_files import files_pointed_at
from phantombot.runs.rows import readable, rows_of, value_of
from phantombot.runs.whole_output import whole_output
from phantombot.slack.client import Posted
from phantombot.worker.delivery import PutOff
from phantombot.worker.ring_choice import direct_rings, rung_directly, rung_in_thread
from phantombot.worker.tick import Tick

RESULT_WAITED_FOR = timedelta(minutes=10)
"""How long to retry reading a result."""
_DETAILED = {Kind.SUCCESS, Kind.EMPTY, Kind.FAILED, Kind.STOPPED, Kind.TIMED_OUT}

Part = tuple[Detail, Callable[[], None]]
"""A part of the thread, and the function that posts it."""

log = logging.getLogger(__name__)


def add_detail(tick: Tick, run: Run) -> Run:
    """Post the detail in the thread, which is the last thing to do for the run.

    Repeating a post would show it twice, so a part whose post was cut short isn't tried again;
    `/phantom output` shows it.
    """
    if run.ts is None or run.ending is None or run.ending.kind not in _DETAILED:
        run, waits = (run, False) if run.ts is None else _rung(tick, run)
        return run if waits else _done(tick, run)
    settings = tick.context.rings.in_channel(run.workspace, run.posts_to)
    if settings.broadcast and not run.told_by_another:
        run, waits = _rung(tick, run)
        if waits:
            return run
    if settings.count_only:
        return _added(tick, run, _parts_counted(tick.context, run))
    # A large result is in memory until its file is sent, and several at once could fill it.
    with ExitStack() as held:
        try:
            parts = _parts(tick, run, held)
        except PhantombusterError as error:
            snapshot = tick.snapshot_of(run)
            if snapshot is not None:
                snapshot.note(error)
            if run.ended_at and tick.context.clock() - run.ended_at < RESULT_WAITED_FOR:
                return _rung(tick, run)[0]  # it doesn't wait for the result
            log.warning("run %s: its result can't be read: %s", run.id, error)
            console = console_of(tick.context, run)
            parts = _parts_of(tick.context, run, console, None, NOT_GIVEN)
        # Checked again, since the setting may have changed while the result was read.
        if tick.context.rings.in_channel(run.workspace, run.posts_to).count_only:
            parts = _parts_counted(tick.context, run)
        return _added(tick, run, parts)


def _rung(tick: Tick, run: Run) -> tuple[Run, bool]:
    """Notify people by a post in the thread, also in the channel if set so; return as `_put`."""
    context, users = tick.context, rung_in_thread(tick.context, run)
    broadcast = not run.rung and _is_broadcast(context, run)
    if not users and not broadcast:
        return run, False
    put = partial(_ring, context, run, users, None, broadcast=broadcast)
    return _put(tick, run, replace(run, rung=True), put)


def _is_broadcast(context: Context, run: Run) -> bool:
    if run.ending is None or run.ending.kind in PRIVATE or run.told_by_another:
        return False
    return context.rings.in_channel(run.workspace, run.posts_to).broadcast


def _added(tick: Tick, run: Run, parts: list[Part]) -> Run:
    for part, put in parts:
        if run.detail is None or part > run.detail:
            rung = part is Detail.TEXT and bool(rung_in_thread(tick.context, run))
            begun = replace(run, detail=part, rung=run.rung or rung)
            run, waits = _put(tick, run, begun, put)
            if waits:
                return run
    run, waits = _rung(tick, run)
    return run if waits else _done(tick, run)


def _done(tick: Tick, run: Run) -> Run:
    """Write that the run is done, together with the direct messages that notify people."""
    rings = [] if run.ts is None else rung_directly(tick.context, run)
    return tick.context.runs.write(run, replace(run, done=True), rings=rings)


def _parts_counted(context: Context, run: Run) -> list[Part]:
    """Return what is posted in the thread if the channel only counts results: nothing of them."""
    message = count_message(run)
    if message is None:
        return []
    users = rung_in_thread(context, run)
    return [(Detail.TEXT, partial(_ring, context, run, users, message))]


def _parts(tick: Tick, run: Run, held: ExitStack) -> list[Part]:
    """Return what to post in the thread, in order; `held` keeps a large result in memory.

    Raises:
        PhantombusterError: the result can't be read now.
    """
    console = console_of(tick.context, run)
    try:
        result = _result(tick, run, console.position, held)
    except AnswerTooLarge:
        return _parts_of(tick.context, run, console, None, TOO_LARGE)
    return _parts_of(tick.context, run, console, result, "")


def _result(tick: Tick, run: Run, position: str, held: ExitStack) -> str | None:
    """Return the result as JSON text; None if there is none.

    Raises:
        AnswerTooLarge: there is one, too large to read.
        PhantombusterError: it can't be read now.
    """
    snapshot = tick.snapshot_of(run)
    if snapshot is None or run.container_id is None:
        return None
    if run.ending is None or run.ending.kind is not Kind.SUCCESS:
        return None
    reading = whole_output(
        tick.context,
        snapshot.key,
        run.agent_id or "",
        container_id=run.container_id,
        from_position=position,
    )
    output = held.enter_context(reading)
    if output.result_too_large:
        raise AnswerTooLarge
    # Decoded first: JSON's escapes could hide a secret.
    return readable(output.result or "") or None


def _parts_of(
    context: Context, run: Run, console: Console, result: str | None, note: str
) -> list[Part]:
    tail, result, hidden = _redacted(context, run, console, result)
    rows = rows_of(result)
    if rows is None and files_pointed_at(value_of(result)):
        result = None  # the ending's message has the links
    files = run.ending.files if run.ending else ()
    message = (
        detail_message(tail, result, note, files, hidden)
        if rows is None or run.ending is None
        else rows_message(tail, rows, run.ending, hidden)
    )
    file = result_file(run.agent_id or "", run.container_id or str(run.id), result, rows)
    parts: list[Part] = []
    if message is not None:
        users = rung_in_thread(context, run)
        parts.append((Detail.TEXT, partial(_ring, context, run, users, message)))
    if file is not None:
        parts.append((Detail.FILE, partial(_upload, context, run, file)))
    return parts


def _redacted(
    context: Context, run: Run, console: Console, result: str | None
) -> tuple[str, str | None, int]:
    """Return both without secrets, and how many values were removed."""
    try:
        secrets = secrets_of_run(context, run)
    except DecryptionError:
        return "", None, 0
    shown = secrets.redact(console.tail), secrets.redact(result or "") or None
    marks = console.hidden if HIDDEN in console.tail else ()
    return *shown, secrets.count_in(console.tail, result or "", marks=marks)


def _put(tick: Tick, before: Run, begun: Run, put: Callable[[], None]) -> tuple[Run, bool]:
    """Store `begun`, then post; return the run, and whether to try again later, as Slack says.

    Slack says whether it is.
    """
    # On disk before it is posted: after a crash it may be in the thread, and is not repeated.
    run = tick.context.runs.write(before, begun)
    try:
        tick.delivery.attempt(run.posts_to, put)
    except PutOff as put_off:
        if not put_off.may_have_acted:
            again = replace(put_off.applied_to(run), detail=before.detail, rung=before.rung)
            return tick.context.runs.write(run, again), True
        log.warning("run %s: its detail may not have been posted", run.id)
    except SlackError as error:
        log.warning("run %s: its detail can't be posted: %s", run.id, error.code)
        if begun.rung:  # nothing can be posted in the thread, so notify by direct message
            users = rung_in_thread(tick.context, before)
            run = tick.context.runs.write(run, run, rings=direct_rings(tick.context, run, users))
    return run, False


def _post(context: Context, run: Run, message: Message, *, broadcast: bool = False) -> None:
    root, slack = run.thread_root, context.slack
    slack.post(run.workspace, run.posts_to, message, thread=root, broadcast=broadcast)


def _ring(
    context: Context,
    run: Run,
    users: tuple[str, ...],
    detail: Message | None,
    *,
    broadcast: bool = False,
) -> None:
    """Notify people in the thread, above its other posts."""
    told = [ring(shown_in_channel(context, run), users)] if users or broadcast else []
    _post(context, run, together(*told, *([detail] if detail else [])), broadcast=broadcast)


def _upload(context: Context, run: Run, file: File) -> None:
    try:
        context.slack.upload(run.workspace, Posted(run.posts_to, run.thread_root), file)
    except SlackUnavailable:
        raise
    except SlackError as error:
        _post(context, run, result_not_uploaded(file, error.code))
