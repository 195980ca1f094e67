"""Before a launch is sent: who may, which agent is meant, and whether it is meant at all."""

from datetime import timedelta
from typing import Any

from phantombot.access import Asker, Denial
from phantombot.admission import agent_denied, denied
from phantombot.alias import ShortName
from phantombot.aliasing import kept_by, overridden
from phantombot.ending import NOTHING_LAUNCHED, Ending, Kind
from phantombot.errors import PhantombusterError, SealBroken, SlackUnavailable
from phantombot.launching import Glance, end, refused
from phantombot.meaning import agent_of, alias_meant
from phantombot.naming import find_agent, is_id
from phantombot.phantombuster.values import Agent
from phantombot.ports import Ports
from phantombot.run import SLACK_SILENT, Doubt, Run, State

ALIAS_SEALED = "AliasSealed"
"""The cause of a refusal where the alias's own command and argument do not open."""
DOUBLE = timedelta(seconds=10)
"""The same launch by the same user within this time is asked about first."""
LITTLE_TIME = 10 * 60
"""Seconds of execution time left on the account; with less, a launch's message says so."""
SLACK_WAITED_FOR = timedelta(minutes=1)
"""How long Slack is asked who somebody is, where nobody may launch without that."""


def prepare(ports: Ports, run: Run, glance: Glance | None) -> Run:
    """Refuse, ask first, or settle which agent is meant. Nothing is sent."""
    asker = Asker(run.workspace, run.user, run.channel)
    try:
        denial = denied(ports, asker)
    except SlackUnavailable:
        return _wait_for_slack(ports, run)
    if denial is not None:
        return end(ports, run, Ending(Kind.NOT_ALLOWED, cause=denial))
    if not run.confirmed and _is_double(ports, run):
        return _ask(ports, run, Doubt.DOUBLE)
    if glance is None:
        return end(ports, run, Ending(Kind.NO_KEY))
    alias = alias_meant(ports, asker, run.agent, quoted=run.quoted)
    if alias is not None:
        return _by_alias(ports, run, glance, alias)
    try:
        agents = glance.account.agents
    except PhantombusterError as error:
        return end(ports, run, refused(error))
    found = find_agent(run.agent, agents, quoted=run.quoted)
    if isinstance(found, Agent):
        return _settled(ports, run, glance, found.id, found.name)
    if found.kind is Kind.NO_AGENT and is_id(run.agent, quoted=run.quoted):
        # The account's list may lag behind; Phantombuster itself has the last word on an id.
        return _settled(ports, run, glance, run.agent, None)
    return end(ports, run, found)


def _by_alias(ports: Ports, run: Run, glance: Glance, alias: ShortName) -> Run:
    """The run with the alias's agent, and with what the alias keeps where nothing was typed."""
    try:
        agents = glance.account.agents
        agent = agent_of(glance.phantombuster, glance.key, agents, alias)
        typed = ports.runs.argument(run)
    except (PhantombusterError, SealBroken) as error:
        return end(ports, run, refused(error))
    if isinstance(agent, Ending):
        return end(ports, run, agent)
    try:
        kept = kept_by(ports, Asker(run.workspace, run.user, run.channel), alias)
    except SealBroken:
        return end(ports, run, Ending(Kind.REFUSED, cause=ALIAS_SEALED))
    launched = overridden(kept, run.command, typed)
    return _settled(
        ports,
        run,
        glance,
        agent.id,
        agent.name or alias.agent_name,
        command=launched.command,
        argument=None if typed is not None else launched.argument,
    )


def _settled(
    ports: Ports, run: Run, glance: Glance, agent_id: str, name: str | None, **changes: Any
) -> Run:
    """The run with its agent, unless that may not be launched, or its launcher is asked first."""
    denial = agent_denied(ports, run.workspace, agent_id, name or "")
    if denial is not None:
        return end(ports, run, Ending(Kind.NOT_ALLOWED, cause=denial))
    time_left = glance.account.time_left
    if time_left is not None and time_left <= 0 and not run.confirmed:
        return _ask(ports, run, Doubt.TIME_USED_UP)
    if time_left is not None and time_left < LITTLE_TIME:
        changes["time_left"] = time_left
    return ports.runs.write(
        run, agent_id=agent_id, agent_name=name, trouble=None, trouble_at=None, **changes
    )


def _ask(ports: Ports, run: Run, doubt: Doubt) -> Run:
    """Nothing is sent before the launcher says so; then all is looked at again."""
    return ports.runs.write(run, state=State.ASKED, doubt=doubt, trouble=None, trouble_at=None)


def _wait_for_slack(ports: Ports, run: Run) -> Run:
    """Nothing was sent: the next tick asks again, for a while."""
    now = ports.clock()
    if run.trouble_at is None:
        return ports.runs.write(run, trouble=SLACK_SILENT, trouble_at=now)
    if now - run.trouble_at < SLACK_WAITED_FOR:
        return run
    return end(ports, run, Ending(Kind.NOT_ALLOWED, cause=Denial.UNKNOWN))


def _is_double(ports: Ports, run: Run) -> bool:
    twins = ports.runs.twins(run, DOUBLE)
    return any(twin.ending is None or twin.ending.kind not in NOTHING_LAUNCHED for twin in twins)
