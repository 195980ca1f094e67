"""Draw App Home, and redraw it when something has changed.

A digest of each home's content is stored, so Slack is only called when something changed. A home
shows times rather than ages, and which agents run rather than their progress, so that it doesn't
change merely because time passes.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from phantombot.access.permissions import denied_everywhere, denied_reading
from phantombot.access.rules import UNCHECKED, Asker
from phantombot.agents.agent_list import AgentList
from phantombot.context import Context
from phantombot.errors import SlackError, SlackUnavailable
from phantombot.http_headers import LONGEST_PAUSE
from phantombot.messages.blocks import digest_of
from phantombot.messages.form import View
from phantombot.messages.home import Home, Scene, home_refused, home_view
from phantombot.phantombuster.api import Agent
from phantombot.runs.model import Run, State
from phantombot.worker.delivery import Delivery, PutOff
from phantombot.worker.home_store import OpenHome
from phantombot.worker.slack_limits import SlackLimits

LATELY = timedelta(hours=1)
"""A home that was opened longer ago isn't redrawn until it is opened again."""
DRAWN_EVERY = timedelta(seconds=5)
"""A home is redrawn no more often than this, however much changes."""
READ_WITHIN = timedelta(seconds=1)
"""When to check again whether a list of agents that is being read has arrived."""
ASKED_AGAIN_AFTER = timedelta(seconds=30)
"""When to ask Slack again who somebody is."""
_RUNS_SHOWN = 8
_RUNS_LOOKED_AT = 40

log = logging.getLogger(__name__)


def redraw(context: Context, workspace: str) -> datetime | None:
    """Redraw the recently opened homes; return when to come back.

    Raises:
        StoreUnavailable: call again later.
    """
    homes = context.homes.lately(workspace, context.clock() - LATELY)
    if not homes:
        return None
    context.agents.known(workspace)
    # Asked before the list is taken: a list that arrives in between is shown already.
    news = context.clock() + READ_WITHIN if context.agents.being_read(workspace) else None
    scene = _scene(context, workspace)
    try:
        dues = [news, *(_redrawn(context, scene, home) for home in homes)]
    except PutOff as put_off:
        context.homes.wait(workspace, put_off.until)
        return put_off.until
    return min((due for due in dues if due is not None), default=None)


def draw(context: Context, home: OpenHome) -> None:
    """Show a home at once from what is known; a worker redraws it with what is new.

    Raises:
        StoreUnavailable: nothing is shown.
    """
    now = context.clock()
    if home.not_before is not None and _must_wait(home.not_before, now):
        return
    scene = _scene(context, home.workspace)
    denial = denied_reading(context, Asker(home.workspace, home.user, ""))
    view = home_refused(denial) if denial else _view(context, scene, home)
    try:
        _shown(context, home, view, now)
    except PutOff as put_off:
        context.homes.wait(home.workspace, put_off.until)


def _scene(context: Context, workspace: str) -> Scene:
    """Return what the workspace's homes show: the same for all of them."""
    agent_list = context.agents.recalled(workspace)
    going = [run for run in context.runs.open(workspace) if _goes_on(run)]
    ended = [run for run in context.runs.recent(workspace, _RUNS_LOOKED_AT) if run.ended_at]
    return Scene(
        key=context.keys.key_note(workspace),
        agent_list=agent_list,
        rules=context.access.rules(workspace),
        going=tuple(replace(run, fraction=None, label=None) for run in reversed(going)),
        elsewhere=_elsewhere(agent_list, going, ended) if agent_list else (),
        recent=tuple(ended[:_RUNS_SHOWN]),
        watches=tuple(context.watches.of_workspace(workspace)),
    )


def _goes_on(run: Run) -> bool:
    # A run without an agent yet may be a typing mistake, which only its launcher sees.
    return run.state is not State.ENDED and run.agent_id is not None


def _elsewhere(
    agent_list: AgentList, going: Sequence[Run], ended: Sequence[Run]
) -> tuple[Agent, ...]:
    """Return the running agents, except those that our own runs account for."""
    lately = (run for run in ended if run.ended_at and run.ended_at >= agent_list.read_at)
    ours = {run.agent_id for run in (*going, *lately)}
    going_on = (agent for agent in agent_list.agents if agent.running + agent.queued)
    return tuple(agent for agent in going_on if agent.id not in ours)


def _view(context: Context, scene: Scene, home: OpenHome) -> View:
    try:
        admin = context.people.person(home.workspace, home.user).admin
    except SlackUnavailable:
        admin = False  # what only admins see is left out until Slack says that they are one
    denial = denied_everywhere(context, Asker(home.workspace, home.user, ""))
    return home_view(scene, Home(admin, denial is None, home.page, home.wanted))


def _redrawn(context: Context, scene: Scene, home: OpenHome) -> datetime | None:
    """Redraw a home, if that is due; return when to come back to it.

    Raises:
        PutOff: homes must wait.
    """
    now = context.clock()
    denial = denied_reading(context, Asker(home.workspace, home.user, ""))
    if denial in UNCHECKED:
        return now + ASKED_AGAIN_AFTER
    view = home_refused(denial) if denial else _view(context, scene, home)
    if digest_of(view) == home.drawn:
        return None
    due = max(home.not_before or now, home.drawn_at + DRAWN_EVERY if home.drawn_at else now)
    return due if _must_wait(due, now) else _shown(context, home, view, now)


def _must_wait(until: datetime, now: datetime) -> bool:
    """Return whether to wait until then; a time too far ahead means that the clock was set back."""
    return now < until <= now + timedelta(seconds=LONGEST_PAUSE)


def _shown(context: Context, home: OpenHome, view: View, now: datetime) -> datetime | None:
    """Show a home; return when to come back to it, if something came in between.

    Raises:
        PutOff: homes must wait.
    """
    digest = digest_of(view)
    if digest == home.drawn:
        return None
    # Slack limits homes and messages separately, so neither waits for the other.
    delivery = Delivery(context, home.workspace, SlackLimits())
    try:
        publish = partial(context.slack.publish, home.workspace, home.user, view)
        delivery.attempt(home.user, publish)
    except SlackError as error:
        # If Slack refuses it for good, the next try is when there is something else to show.
        log.warning("an App Home of %s can't be drawn: %s", home.workspace, error.code)
    return None if context.homes.drawn(home, digest, now) else now + DRAWN_EVERY
