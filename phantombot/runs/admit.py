"""Decide which agent a request means, and whether it can be launched.

This happens twice: at once, from disk and memory, for the acknowledgement; and again before the
launch, when Slack and Phantombuster are asked, but only for what was missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from phantombot.access.permissions import denied, require_agent_allowed
from phantombot.access.rules import Asker
from phantombot.agents.agent_list import AgentList
from phantombot.agents.alias import Kept, ShortName
from phantombot.agents.aliases import kept_by, overridden
from phantombot.agents.catalog import FRESH
from phantombot.agents.resolve import alias_meant, find_agent, is_id, stray_command
from phantombot.context import Context
from phantombot.errors import (
    AgentUnknown,
    AliasSealed,
    DecryptionError,
    EngineChosen,
    NoKey,
    NotAllowed,
    NotAtHand,
    Refused,
)
from phantombot.phantombuster.account import Api, ApiKey
from phantombot.phantombuster.api import Agent
from phantombot.runs.ending import NOTHING_LAUNCHED, STRAY_COMMAND, Ending, Kind, ending_of
from phantombot.runs.model import (
    UNDECIDED,
    ConfirmReason,
    Decision,
    Intent,
    Run,
    Source,
    State,
)
from phantombot.text.nearest import harmless
from phantombot.text.normalize import in_ascii_digits
from phantombot.text.tokens import each_word, like_engine

DOUBLE = timedelta(seconds=10)
"""A user who requests the same launch twice within this time is asked first."""
LITTLE_TIME = 10 * 60
"""Seconds of execution time left on the account below which a launch's message says so."""


NOTHING_KEPT = Kept()


@dataclass(frozen=True)
class Admission:
    """The decision about a request."""

    decided: Decision = UNDECIDED
    waits_for: str = ""
    """Slack or Phantombuster, if one of them must be asked before the launch."""
    listed: bool = False
    """Whether the stored list of agents has the agent."""
    unlisted: bool = False
    """Whether the stored list is fresh and lacks the agent."""


@dataclass(frozen=True)
class _Target:
    id: str
    name: str = ""
    kept: Kept = NOTHING_KEPT
    by_alias: bool = False


@dataclass(frozen=True)
class _Stray:
    """A word after an agent that isn't a command; it may be a secret, so it isn't stored."""

    agent: str
    """What was typed for the agent, without the stray word."""
    ending: Ending
    kept: Kept = NOTHING_KEPT


def decide_at_once(context: Context, intent: Intent, *, seek_twins: bool = True) -> Admission:
    """Decide from the database and this process's memory, without any call to another service.

    Without `seek_twins`, the write checks whether the same was requested just now.

    Raises:
        StoreUnavailable: the disk can't be read.
    """
    note = context.keys.key_note(intent.workspace)
    if note is None:
        return Admission(_unclear(NoKey()))
    at_hand = replace(context, people=context.people.at_hand)
    try:
        read_agents = partial(_fresh, context, intent.workspace)
        admission = _decide(at_hand, intent, read_agents, seek_twins=seek_twins)
        return _without_engine(admission, note.api, intent)
    except NotAtHand as missing:
        if note.api is Api.V2 and intent.command is not None:  # refused, whoever asks
            return Admission(_unclear(EngineChosen(intent.command)))
        return Admission(waits_for=missing.known_to)


def decide_by_asking(context: Context, run: Run, argument: str | None, key: ApiKey) -> Admission:
    """Decide about a stored request; ask Slack and Phantombuster only for what is missing.

    Raises:
        SlackUnavailable: Slack doesn't say who the launcher is.
        PhantombusterError: the agent's name can't be looked up.
        StoreUnavailable: the disk can't be read.
    """
    if _was_decided(run, context.clock()):
        return _without_engine(_as_decided(context, run, argument), key.api)
    intent = Intent(
        workspace=run.workspace,
        trigger_id="",
        channel=run.channel,
        user=run.user,
        response_url="",
        agent=run.agent,
        quoted=run.quoted,
        command=run.command,
        argument=argument,
    )
    read_agents = partial(context.agents.read_now, run.workspace, key)
    return _without_engine(_decide(context, intent, read_agents, run), key.api, intent)


def _without_engine(admission: Admission, api: Api, intent: Intent | None = None) -> Admission:
    """Refuse the command typed in `intent` if the account's agents choose their own engine."""
    decided, ending = admission.decided, admission.decided.ending
    if api is Api.V1 or decided.state is State.ENDED:
        return admission
    if ending is not None and ending.cause == STRAY_COMMAND:
        return Admission(_unclear(EngineChosen(ending.said)))
    if decided.command is None:
        return admission
    of_alias = intent is not None and intent.command is None
    return Admission(_unclear(EngineChosen(decided.command, of_alias=of_alias)))


def _was_decided(run: Run, now: datetime) -> bool:
    """Return whether the request was fully decided just now, with the launcher known."""
    asked_nobody = run.doubt is None and run.error_since is None
    return run.agent_id is not None and asked_nobody and abs(now - run.created_at) < FRESH


def _as_decided(context: Context, run: Run, argument: str | None) -> Admission:
    """Return what was decided at once, and look for a duplicate that may have been stored since."""
    decided = Decision(
        agent_id=run.agent_id,
        agent_name=run.agent_name,
        command=run.command,
        argument=argument,
        busy=run.before.busy,
        last_end=run.before.last_end,
        time_left=run.time_left,
        user_name=run.user_name,
    )
    known = context.agents.recalled(run.workspace)
    listed = _listed(known, run.agent_id or "") is not None
    if _has_twin(context.runs.twins(run, DOUBLE)):
        decided = replace(decided, state=State.ASKED, doubt=ConfirmReason.DOUBLE)
    return Admission(decided, listed=listed)


def _has_twin(twins: Sequence[Run]) -> bool:
    return any(twin.ending is None or twin.ending.kind not in NOTHING_LAUNCHED for twin in twins)


def _decide(
    context: Context,
    intent: Intent,
    read_agents: Callable[[], AgentList],
    run: Run | None = None,
    *,
    seek_twins: bool = True,
) -> Admission:
    """Decide about a request; `run` is the request if it is stored already.

    `read_agents` returns a fresh list: only that can show that no agent has a name.
    """
    asker = Asker(intent.workspace, intent.user, intent.channel)
    known = context.agents.recalled(intent.workspace)
    try:
        _require_launcher(context, asker)
        target = _target(context, asker, intent, known, read_agents, run)
        if isinstance(target, _Stray):
            return _asked_for_command(intent, target)
        _require_agent(context, intent.workspace, target, read_agents)
    except Refused as error:
        return Admission(_unclear(error))
    listed = _listed(known, target.id)
    launched = overridden(target.kept, intent.command, intent.argument)
    decided = Decision(
        agent_id=target.id,
        agent_name=target.name or None,
        command=launched.command,
        argument=launched.argument,
        user_name=context.people.person(asker.workspace, asker.user).name or None,
        source=Source.ALIAS if target.by_alias else None,
    )
    fresh = _is_fresh(context, known)
    if known is not None and fresh:
        decided = _with_account(decided, listed, known.time_left)
    if intent.due_at is None and (run is None or not run.confirmed):
        twins = _twins(context, intent, run) if seek_twins else []
        decided = _doubted(decided, twins)
    return Admission(decided, listed=listed is not None, unlisted=fresh and listed is None)


def _require_launcher(context: Context, asker: Asker) -> None:
    # Slack not answering is no refusal here: the request waits for its answer.
    denial = denied(context, asker)
    if denial is not None:
        raise NotAllowed(denial)


def _asked_for_command(intent: Intent, stray: _Stray) -> Admission:
    launched = overridden(stray.kept, intent.command, intent.argument)
    return Admission(
        Decision(
            state=State.ASKED,
            doubt=ConfirmReason.AGENT,
            ending=stray.ending,
            typed=stray.agent,
            command=launched.command,
            argument=launched.argument,
        )
    )


def _target(  # noqa: PLR0913, PLR0917 - what was typed, and where its meaning is looked up
    context: Context,
    asker: Asker,
    intent: Intent,
    known: AgentList | None,
    read_agents: Callable[[], AgentList],
    run: Run | None,
) -> "_Target | _Stray":
    if run is not None and run.agent_id is not None:
        listed = _listed(known, run.agent_id)
        return _Target(run.agent_id, listed.name if listed else run.agent_name or "")
    alias = alias_meant(context, asker, intent.agent, quoted=intent.quoted)
    if alias is not None:
        return _of_alias(context, asker, alias, known)
    if is_id(intent.agent, quoted=intent.quoted):
        # A list can lag behind; only Phantombuster can say that there is no such id.
        listed = _listed(known, intent.agent)
        return _Target(intent.agent, listed.name if listed else "")
    return _named(context, asker, intent, known, read_agents)


def _named(
    context: Context,
    asker: Asker,
    intent: Intent,
    known: AgentList | None,
    read_agents: Callable[[], AgentList],
) -> "_Target | _Stray":
    """Look the name up in the known list, then in a fresh one."""
    agents: tuple[Agent, ...] = known.agents if known else ()
    try:
        found = find_agent(intent.agent, agents, quoted=intent.quoted)
    except AgentUnknown:
        if _ends_like_engine(intent):
            stray = _stray(context, asker, intent, agents)
            if stray is not None:
                return stray
        agents = read_agents().agents
        try:
            found = find_agent(intent.agent, agents, quoted=intent.quoted)
        except AgentUnknown:
            stray = _stray(context, asker, intent, agents)
            if stray is None:
                raise
            return stray
    return _Target(found.id, found.name)


def _require_agent(
    context: Context, workspace: str, target: _Target, read_agents: Callable[[], AgentList]
) -> None:
    """Raise NotAllowed unless the agent can be launched; read its name only if that matters."""
    try:
        require_agent_allowed(context, workspace, target.id, target.name)
    except NotAllowed:
        listed = None if target.name else read_agents().agent(target.id)
        if listed is None:
            raise
        require_agent_allowed(context, workspace, target.id, listed.name)


def _ends_like_engine(intent: Intent) -> bool:
    return not intent.quoted and like_engine((each_word(intent.agent) or [""])[-1])


def _stray(
    context: Context, asker: Asker, intent: Intent, agents: Sequence[Agent]
) -> _Stray | None:
    """Return the word behind an agent that should be a command and isn't, if there is one."""
    if intent.quoted:
        return None
    first, *others = each_word(intent.agent) or [""]
    if is_id(in_ascii_digits(first), quoted=False) and others:
        return _stray_behind(agents, first, others[0])
    *named, last = [first, *others]
    alias = alias_meant(context, asker, " ".join(named), quoted=False)
    if alias is not None:
        try:
            kept = kept_by(context, asker, alias)
        except DecryptionError:
            kept = NOTHING_KEPT
        ending = _no_command(last, (alias.agent_id, alias.agent_name))
        return _Stray(" ".join(named), ending, kept)
    found = stray_command(intent.agent, agents)
    return None if found is None else _stray_behind(agents, *found)


def _stray_behind(agents: Sequence[Agent], typed: str, word: str) -> _Stray:
    try:
        meant = find_agent(in_ascii_digits(typed), agents)
        agent = (meant.id, meant.name)
    except Refused:
        agent = (in_ascii_digits(typed), "")
    return _Stray(typed, _no_command(word, agent))


def _no_command(word: str, agent: tuple[str, str]) -> Ending:
    said = harmless(word)
    return Ending(Kind.NO_AGENT, cause=STRAY_COMMAND, said=said, candidates=(agent,))


def _of_alias(context: Context, asker: Asker, alias: ShortName, known: AgentList | None) -> _Target:
    """Return the alias's agent, by its current name, and the alias's own command and argument."""
    listed = _listed(known, alias.agent_id)
    try:
        kept = kept_by(context, asker, alias)
    except DecryptionError:
        raise AliasSealed from None
    name = listed.name if listed else alias.agent_name
    return _Target(alias.agent_id, name, kept, by_alias=True)


def _fresh(context: Context, workspace: str) -> AgentList:
    known = context.agents.recalled(workspace)
    if known is None or not _is_fresh(context, known):
        raise NotAtHand("Phantombuster")
    return known


def _is_fresh(context: Context, known: AgentList | None) -> bool:
    return known is not None and abs(context.clock() - known.read_at) <= FRESH


def _listed(known: AgentList | None, agent_id: str) -> Agent | None:
    return known.agent(agent_id) if known is not None else None


def _with_account(decided: Decision, agent: Agent | None, time_left: int | None) -> Decision:
    """Return the decision with what the last poll showed of the agent and the account."""
    little = time_left is not None and time_left < LITTLE_TIME
    decided = replace(decided, time_left=time_left if little else None)
    if agent is None:
        return decided
    last_end = agent.last_end_status or ""
    return replace(decided, busy=agent.running + agent.queued, last_end=last_end)


def _twins(context: Context, intent: Intent, run: Run | None) -> list[Run]:
    if run is not None:
        return context.runs.twins(run, DOUBLE)
    return context.runs.earlier(intent, context.clock() - DOUBLE)


def _doubted(decided: Decision, twins: Sequence[Run]) -> Decision:
    if _has_twin(twins):
        return replace(decided, state=State.ASKED, doubt=ConfirmReason.DOUBLE)
    if decided.time_left is not None and decided.time_left <= 0:
        return replace(decided, state=State.ASKED, doubt=ConfirmReason.TIME_USED_UP)
    return decided


def _unclear(error: Refused) -> Decision:
    """Return the refusal; if some agents may be meant, ask the launcher which."""
    ending = ending_of(error)
    if ending.kind in (Kind.NO_AGENT, Kind.AMBIGUOUS) and ending.candidates:
        return Decision(state=State.ASKED, doubt=ConfirmReason.AGENT, ending=ending)
    return Decision(state=State.ENDED, ending=ending)


def known_agent(context: Context, asker: Asker, typed: str, *, quoted: bool) -> str:
    """Return the id of the agent that is meant; empty if that isn't known."""
    alias = alias_meant(context, asker, typed, quoted=quoted)
    if alias is not None:
        return alias.agent_id
    known = context.agents.recalled(asker.workspace)
    try:
        return find_agent(typed, known.agents if known else (), quoted=quoted).id
    except Refused:
        return ""
