"""Find what changed about a watched agent, and store it together with the notices about it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.errors import AgentNotFound
from phantombot.phantombuster.api import Agent, Container
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run, State
from phantombot.runs.result_files import run_page
from phantombot.runs.snapshot import AccountSnapshot
from phantombot.watches.ended_runs import AgentPoll, Ended, Found, ending_of, new_ends, went_well
from phantombot.watches.model import End, News, Notice, Watch, Watched, Word, alike, wants, word_of
from phantombot.watches.unlisted import AGAIN, UNLISTED, look_again_at, told_unlisted, was_there

RETRY = timedelta(seconds=10)
GONE_AFTER = timedelta(minutes=2)
"""How long an agent must be missing before it counts as gone."""
_LATELY = timedelta(minutes=10)
_LAUNCHES_READ = 50
_FAILED = ("error", Kind.LAUNCH_FAILED)


def end_digest(agent: Agent) -> str:
    """Return a digest of the agent's last end: the account's words and time for it."""
    words = f"{agent.last_end_status}\0{agent.last_end_message}"
    if agent.last_ended_at is not None:
        words += f"\0{agent.last_ended_at.isoformat()}"
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def store_listed(context: Context, agent: Agent, watched: Watched) -> Watched:
    """Store the agent as the account shows it, if no run of it can have ended.

    Raises:
        StaleWrite: another worker wrote it meanwhile.
    """
    return context.watches.write(watched, *_as_listed(context, agent, watched))


def store_missing(context: Context, snapshot: AccountSnapshot, watched: Watched) -> Watched:
    """Store that the account doesn't list the agent; after a while, announce that it is gone.

    Raises:
        PhantombusterError: the agent itself couldn't be read.
        StaleWrite: another worker wrote it meanwhile.
    """
    now = context.clock()
    heard = replace(watched, heard_at=watched.hinted_at)
    missing = replace(heard, missing_at=now, again_at=now + GONE_AFTER)
    if watched.missing_at is None:
        return context.watches.write(watched, missing)
    if watched.gone or now - watched.missing_at < GONE_AFTER:
        return context.watches.write(watched, heard) if watched.hinted else watched
    if _exists(context, snapshot, watched):
        return context.watches.write(watched, missing)
    watches = context.watches.of_agent(watched.workspace, watched.agent_id)
    notices = [_notice(watch, News.GONE, watched.name, now) for watch in watches]
    gone = replace(heard, gone=True, again_at=None, busy=0)
    return context.watches.write(watched, gone, notices)


def poll_agent(
    context: Context, snapshot: AccountSnapshot, agent: Agent, watched: Watched
) -> Watched:
    """Read the agent's ended runs and store them; announce none the first time.

    Raises:
        PhantombusterError: they can't be read now.
        StaleWrite: another worker wrote it meanwhile.
    """
    now = context.clock()
    launches = context.runs.of_agent(watched.workspace, watched.agent_id, _LAUNCHES_READ)
    if any(run.state in (State.SENDING, State.LAUNCHED) and not run.known for run in launches):
        # The run that ended may be one of ours that hasn't been found yet.
        later = replace(watched, again_at=now + RETRY, heard_at=watched.hinted_at)
        return context.watches.write(watched, later)
    watches = context.watches.of_agent(watched.workspace, watched.agent_id)
    polled = AgentPoll(context, snapshot, agent, watched, watches, launches, now)
    listed, notices = _as_listed(context, agent, watched)
    after, more_notices = _with_ends(polled, listed, new_ends(polled))
    unseen = [watch for watch in watches if not watch.seen]
    return context.watches.write(watched, after, [*notices, *more_notices], unseen)


def _exists(context: Context, snapshot: AccountSnapshot, watched: Watched) -> bool:
    try:
        context.phantombuster.output(snapshot.key, watched.agent_id)
    except AgentNotFound:
        return False
    return True


def _as_listed(context: Context, agent: Agent, watched: Watched) -> tuple[Watched, list[Notice]]:
    """Return the agent as the account shows it, and the notices that it was renamed."""
    listed = replace(
        watched,
        busy=agent.running + agent.queued,
        missing_at=None,
        gone=False,
        again_at=None if watched.missing_at else watched.again_at,
    )
    if not agent.name or agent.name == watched.name:
        return listed, []
    watches = context.watches.of_agent(watched.workspace, watched.agent_id)
    now = context.clock()
    news = [
        replace(_notice(watch, News.RENAMED, agent.name, now), before=watched.name)
        for watch in watches
        if watched.name
    ]
    return replace(listed, name=agent.name), news


def _with_ends(polled: AgentPoll, listed: Watched, found: Found) -> tuple[Watched, list[Notice]]:
    """Return the agent with the ended runs that were found, and the notices about them."""
    before, digest = polled.watched, end_digest(polled.agent)
    after = replace(
        listed,
        last_end=digest,
        known=found.known,
        horizon=found.horizon,
        looked_at=polled.now,
        heard_at=before.hinted_at,
        again_at=look_again_at(polled, found),
    )
    if before.last_end is None:
        told = [end for end in found.ends if any(_told_on_sight(polled, end))]
        if told:
            return _told(polled, after, told, 0)
        return replace(after, failures=int(polled.agent.last_end_status in _FAILED)), []
    ends = [end for end in found.ends if not told_unlisted(polled, end, digest)]
    if ends:
        return _told(polled, replace(after, unlisted_at=None), ends, found.earlier)
    again = replace(after, again_at=after.again_at or polled.now + AGAIN)
    if digest == before.last_end:
        lags = polled.agent.running + polled.agent.queued < before.busy
        return again if lags else after, []
    if polled.agent.last_end_status != Kind.LAUNCH_FAILED or was_there(polled):
        return again, []
    since = before.unlisted_at or polled.now
    if polled.now - since < UNLISTED:
        # Not counted yet: it is found again each time, until it is listed or given up.
        waits = replace(after, last_end=before.last_end, unlisted_at=since)
        return replace(waits, again_at=since + UNLISTED), []
    return _told(polled, after, [Ended("")], 0)


def _told_on_sight(polled: AgentPoll, ended: Ended) -> Iterator[bool]:
    return (_ended_since(polled, ended, watch) for watch in polled.watches)


def _ended_since(polled: AgentPoll, ended: Ended, watch: Watch) -> bool:
    """Return whether it ended after the watch was set, maybe a while before the first poll."""
    at = ended.container.ended_at if ended.container else None
    if at is None:
        return False
    return watch.set_at <= polled.by_our_clock(at) <= polled.now


def _told(
    polled: AgentPoll, after: Watched, ends: Sequence[Ended], earlier: int
) -> tuple[Watched, list[Notice]]:
    """Return the agent with these ends counted, and the notices for its channels."""
    notices: list[Notice] = []
    for ended in ends:
        run = _run_of(polled, ended)
        end = _end(polled, after, ended, run)
        notices += _notices(polled, ended, end, run)
        failures = after.failures + 1 if end.word is Word.FAILURE else 0
        after = replace(after, alike=end.alike, times=end.times, failures=failures)
    return after, _counting(notices, earlier)


def _counting(notices: Sequence[Notice], earlier: int) -> list[Notice]:
    """Make each channel's first notice say how many ends there were before."""
    first = {notice.channel: notice for notice in reversed(notices)}
    return [
        replace(notice, end=replace(notice.end, earlier=earlier))
        if notice.end is not None and notice is first[notice.channel]
        else notice
        for notice in notices
    ]


def _end(polled: AgentPoll, watched: Watched, ended: Ended, run: Run | None) -> End:
    ending = _ending(polled, watched, ended, run)
    nature, word = alike(ending), word_of(ending.kind)
    again = bool(nature) and nature == watched.alike
    container = ended.container
    return End(
        ending=ending,
        word=word,
        ended_at=container.ended_at if container else None,
        container_id=container.id if container else None,
        page=_page(polled, container),
        run_uid=run.uid if run else "",
        alike=nature,
        times=watched.times + 1 if again else 1,
        recovered=0 if word is Word.FAILURE else watched.failures,
    )


def _page(polled: AgentPoll, container: Container | None) -> str:
    org = polled.snapshot.key.org
    named = container.id if container else None
    return run_page(org.id if org else None, polled.agent.id, named)


def _ending(polled: AgentPoll, watched: Watched, ended: Ended, run: Run | None) -> Ending:
    heard = {word for watch in polled.watches for word in watch.words}
    if went_well(ended) and not watched.failures and heard <= {Word.FAILURE, Word.RECOVERY}:
        return Ending(Kind.SUCCESS)  # no watch needs its result
    return ending_of(polled, ended, run)


def _run_of(polled: AgentPoll, ended: Ended) -> Run | None:
    """Return our own launch that ended, if it was ours; a failed one may have no id."""
    if ended.name:
        return next((run for run in polled.launches if ended.is_of(run)), None)
    lately = [run for run in polled.launches if polled.now - run.created_at < _LATELY]
    return next((run for run in lately if _may_have_failed_to_start(run)), None)


def _may_have_failed_to_start(run: Run) -> bool:
    ended = run.ending is not None and run.ending.kind is Kind.LAUNCH_FAILED
    return ended or run.state is State.LAUNCHED


def _notices(polled: AgentPoll, ended: Ended, end: End, run: Run | None) -> Iterator[Notice]:
    for watch in polled.watches:
        stands_there = run is not None and run.posts_to == watch.channel
        is_news = watch.seen or _ended_since(polled, ended, watch)
        if is_news and wants(watch, end) and not stands_there:
            name = polled.agent.name or polled.watched.name
            yield replace(_notice(watch, News.ENDED, name, polled.now), end=end)


def _notice(watch: Watch, news: News, name: str, now: datetime) -> Notice:
    return Notice(watch.workspace, watch.channel, watch.agent_id, name, news, now)
