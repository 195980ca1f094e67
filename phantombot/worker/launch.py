"""Launch one run: send the request once, at once, and post its message at the same time.

What is on disk, in order, and what a kill leaves at each point:

1. INTENDED: nothing was sent; whoever finds the run later launches it.
2. SENDING, `pending_post` set: written before either request leaves, so neither is made twice.
   The launch may have worked: it is looked for (adopt.py), never sent again. The post may have
   arrived: it is not repeated, and the ending gets a message of its own. A process that was paused
   after this write must not send a launch that another has given up: it writes again first.
3. LAUNCHED or ENDED, written as soon as Phantombuster has answered; `ts` as soon as Slack has.
"""

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from phantombot.access.permissions import uncheckable
from phantombot.access.rules import Asker, Denial
from phantombot.agents.resolve import alias_meant, nearest
from phantombot.context import Context
from phantombot.errors import (
    AgentNotFound,
    DecryptionError,
    PhantombusterError,
    SlackError,
    SlackUnavailable,
    StaleWrite,
    StoreUnavailable,
)
from phantombot.messages.blocks import Message
from phantombot.messages.runs import placeholder
from phantombot.phantombuster.account import ApiKey
from phantombot.runs.admit import Admission, decide_by_asking
from phantombot.runs.cause import Cause
from phantombot.runs.ending import OF_RETRY, Ending, Kind, ending_of
from phantombot.runs.model import SLACK_SILENT, Before, Decision, Run, State, argument_sent
from phantombot.runs.snapshot import INTENT_LIVES, end
from phantombot.worker.delivery import Delivery, post_run
from phantombot.worker.restored import doubted, may_be_sent_already
from phantombot.worker.run_message import is_private, update_message
from phantombot.worker.slack_limits import SlackLimits
from phantombot.worker.tick import begin, key_of

SLACK_WAITED_FOR = timedelta(minutes=1)
"""How long a launch waits for Slack to say who its launcher is, if the rules need that."""

_WRITTEN_AGAIN_AFTER = (0.2, 1.0, 3.0)
"""Seconds after which to write an answer again if the database failed."""

_SENT_WITHIN = 1.0
"""Maximum seconds from the SENDING write to the request.

Together with the longest call this is less than `IN_FLIGHT`, after which other workers look for the
launch.
"""

log = logging.getLogger(__name__)


def launch(context: Context, workspace: str, run_id: int) -> None:
    """Launch a stored run that wasn't sent yet, and show the outcome.

    Safe to call twice, even at once: only one call sends it.

    Raises:
        StoreUnavailable: to be tried again, as far as it has not gone.
    """
    others = (
        context.keys.asked(workspace),
        context.agents.asked(workspace),
        context.channels.asked(workspace, run_id),
    )
    with context.runs.reading_ahead(workspace, run_id, *others):
        run = context.runs.get(workspace, run_id)
        if run is not None and run.state is State.INTENDED and not run.waits(context.clock()):
            launch_run(context, run)


def launch_run(context: Context, run: Run) -> Run:
    """Launch a run and return it as it is then; unchanged if another worker is launching it.

    Raises:
        StoreUnavailable: to be tried again, as far as it has not gone.
    """
    try:
        return _launched(context, run)
    except StaleWrite:
        log.info("run %s is being launched by another worker", run.id)
        return run


def _launched(context: Context, run: Run) -> Run:
    if _is_left_behind(run, context.clock()):
        cause = OF_RETRY if run.due_at else Cause.UNKNOWN
        return _updated(context, end(context, run, Ending(Kind.EXPIRED, cause=cause)))
    key = key_of(context, run.workspace)
    if key is None:
        return _updated(context, end(context, run, Ending(Kind.NO_KEY)))
    if may_be_sent_already(context, run, key):
        return _updated(context, context.runs.write(run, run.asked(doubted(run))))
    try:
        typed = context.runs.argument(run)
        admission = decide_by_asking(context, run, typed, key)
    except SlackUnavailable as error:
        return _wait_for_slack(context, run, uncheckable(error))
    except (PhantombusterError, DecryptionError) as error:
        return _updated(context, end(context, run, ending_of(error)))
    decided = admission.decided
    if decided.state is State.ENDED:
        return _updated(context, end(context, run, decided.ending or Ending(Kind.LOST)))
    if decided.state is State.ASKED:
        argument = decided.argument if decided.argument != typed else None
        return _updated(context, context.runs.write(run, run.asked(decided), argument=argument))
    return _send(context, run, key, admission, typed)


def _is_left_behind(run: Run, now: datetime) -> bool:
    """Return whether the launch was requested too long ago, not counting a wait for Slack."""
    waits = timedelta() if run.error_since is None else SLACK_WAITED_FOR
    return now - (run.answered_at or run.meant_for) > INTENT_LIVES + waits


def _wait_for_slack(context: Context, run: Run, denial: Denial) -> Run:
    """Leave a run unsent for now; processing the workspace tries again, for a while."""
    now = context.clock()
    if run.error_since is None:
        return context.runs.write(run, run.failing(SLACK_SILENT, now))
    if now - run.error_since < SLACK_WAITED_FOR:
        return run
    return _updated(context, end(context, run, Ending(Kind.NOT_ALLOWED, cause=denial)))


def _send(context: Context, run: Run, key: ApiKey, admission: Admission, typed: str | None) -> Run:
    """Send the launch, exactly once, and post the run's message at the same time.

    For an agent that no list has, the message waits for the answer: only the author sees a mistyped
    id.
    """
    decided = admission.decided
    # A post without an answer may have arrived: the next one says so.
    meant = replace(run.decided(decided), reposted=run.reposted or run.pending_post is not None)
    closed = context.channels.closed_to(run.workspace, run.id)
    delivery = Delivery(context, run.workspace, SlackLimits(closed=closed))
    takes_posts = _takes_posts(delivery, run)
    shown = placeholder(meant) if admission.listed and takes_posts else None
    before = _before(context, meant, key, decided)
    since_written = context.stopwatch()
    # On disk before either request leaves: after a crash neither is made a second time.
    begun = context.runs.write(
        run,
        meant.sending(key, before, context.clock(), pending_post=shown.digest if shown else None),
        argument=decided.argument if decided.argument != typed else None,
    )
    record = _Record(context, begun)
    post = partial(_post_guarded, record, delivery, shown) if shown else None
    join = context.run_beside(post) if post else None
    while since_written() > _SENT_WITHIN:
        since_written = context.stopwatch()
        _renew(record)
    record.change(_sent(context, begun, key, decided.argument))
    if join is not None:
        join()
    if takes_posts or is_private(record.run):
        return _updated(context, record.run, key)
    return record.run  # processing the workspace knows when Slack accepts messages again


def _renew(record: "_Record") -> None:
    """Write again that the launch is being sent.

    Raises:
        StaleWrite: another worker looks for the launch, or has reported that there is none.
        StoreUnavailable: it isn't sent.
    """
    context = record.context

    def renewed(run: Run) -> Run:
        if run.state is not State.SENDING or run.lost_at is not None:
            log.warning("run %s: paused before its launch, which isn't sent any more", run.id)
            raise StaleWrite
        return context.runs.write(run, replace(run, sent_at=context.clock()))

    record.change(renewed)


def _takes_posts(delivery: Delivery, run: Run) -> bool:
    """Return whether Slack accepts the run's first message now, as far as we know."""
    if run.ts is not None or run.message_channel is not None:
        return False
    if delivery.limits.closed_to(run) is not None:
        return False
    context = delivery.context
    resumes_at = context.runs.resumes_at(run)
    return resumes_at is None or resumes_at <= context.clock()


def _before(context: Context, run: Run, key: ApiKey, decided: Decision) -> Before:
    """Return what tells this launch from earlier ones; nothing if the API gives launches an id.

    If that can't be read, the launch is sent all the same.
    """
    before = Before(busy=decided.busy, last_end=decided.last_end)
    if key.can.names_launches:
        return before
    try:
        output = context.phantombuster.output(key, run.agent_id or "")
    except PhantombusterError as error:
        log.warning("run %s: its agent can't be looked at before the launch: %s", run.id, error)
        return before
    number = output.launch_number
    if number is None and output.container_id is None:
        number = 0  # it was never launched
    return replace(before, container_id=output.container_id, launch_number=number)


def _sent(context: Context, run: Run, key: ApiKey, argument: str | None) -> Callable[[Run], Run]:
    """Send the launch; return the change to the run that its answer calls for."""
    try:
        container_id = context.phantombuster.launch(
            key,
            run.agent_id or "",
            command=run.command,
            argument=argument_sent(run.command, argument),
            save=run.save,
            tag=run.uid,
        )
    except PhantombusterError as error:
        context.figures.launched("nothing" if error.maybe_acted else "refused")
        if error.maybe_acted:
            return partial(_answer_lost, context)
        ending = _refusal(context, run, error)
        return lambda run: end(context, run, ending)
    context.figures.launched("accepted")
    return partial(_accepted, context, container_id)


def _accepted(context: Context, container_id: str | None, run: Run) -> Run:
    """Return the run as launched, whatever others wrote to it while the answer was late."""
    if _is_given_up(run):
        # It was sent after a pause; one without an id gets time to appear.
        sent_at = run.sent_at if container_id else context.clock()
        return context.runs.write(run, replace(run.launched(container_id), sent_at=sent_at))
    if run.state is State.ENDED or (container_id is None and run.state is not State.SENDING):
        return run
    return context.runs.write(run, run.launched(container_id))


def _answer_lost(context: Context, run: Run) -> Run:
    """Return the run as one to look for, even if others have given it up too early."""
    if run.state is not State.SENDING and not _is_given_up(run):
        return run
    sought = replace(run.launched(None), state=State.SENDING, lost_at=context.clock())
    return context.runs.write(run, sought)


def _is_given_up(run: Run) -> bool:
    return run.ending is not None and run.ending.kind is Kind.NOT_FOUND


def _refusal(context: Context, run: Run, error: PhantombusterError) -> Ending:
    """Return why it was refused: an unknown agent was mistyped, or comes from a stale alias."""
    if not isinstance(error, AgentNotFound):
        return ending_of(error)
    asker = Asker(run.workspace, run.user, run.channel)
    if alias_meant(context, asker, run.agent, quoted=run.quoted) is not None:
        stale = (run.agent_id or "", run.agent_name or "")
        return Ending(Kind.ALIAS_STALE, candidates=(stale,))
    known = context.agents.recalled(run.workspace)
    others = [agent for agent in known.agents if agent.id != run.agent_id] if known else []
    return Ending(Kind.NO_AGENT, candidates=nearest(run.agent, others))


def _post(record: "_Record", delivery: Delivery, shown: Message) -> None:
    """Post the run's first message; if that fails, `update_message` tries again."""
    try:
        record.write(post_run(delivery, record.run, shown))
    except SlackError as error:
        log.info("run %s can't be shown in its channel: %s", record.run.id, error.code)
        record.write(lambda run: replace(run, pending_post=None))


def _post_guarded(record: "_Record", delivery: Delivery, shown: Message) -> None:
    try:
        _post(record, delivery, shown)
    except Exception:  # runs in a thread of its own, whose error nobody would see
        reference = uuid.uuid4().hex[:8]
        log.exception("run %s: its message failed; reference %s", record.run.id, reference)


class _Record:
    """A run that two threads write: one after its launch, one after its post."""

    def __init__(self, context: Context, run: Run) -> None:
        self.context = context
        self.run = run
        self._lock = threading.Lock()

    def write(self, change: Callable[[Run], Run]) -> None:
        """Apply `change` to the run and write it, even if others wrote it meanwhile."""
        self.change(lambda run: self.context.runs.write(run, change(run)))

    def change(self, work: Callable[[Run], Run]) -> None:
        """Let `work` write the run, again if somebody else wrote it meanwhile."""
        with self._lock:
            for pause in _WRITTEN_AGAIN_AFTER:
                try:
                    self._change(work)
                except StoreUnavailable as error:
                    # What we know now would have to be looked for later, and might not be found.
                    log.warning("run %s can't be written (%s); trying again", self.run.id, error)
                    self.context.pause(pause)
                else:
                    return
            self._change(work)

    def _change(self, work: Callable[[Run], Run]) -> None:
        try:
            self.run = work(self.run)
        except StaleWrite:
            self.run = work(self.context.runs.get(self.run.workspace, self.run.id) or self.run)


def _updated(context: Context, run: Run, key: ApiKey | None = None) -> Run:
    return update_message(begin(context, run.workspace, [run], key, context.clock()), run)
