"""Sentences that say why a launch or another request is refused, each with a next step."""

import re
from collections.abc import Sequence

from phantombot.access.rules import Denial
from phantombot.agents.alias import MOST
from phantombot.agents.resolve import SUGGESTIONS
from phantombot.errors import (
    AgentAmbiguous,
    AgentUnknown,
    Error,
    RunExpired,
    TooManyAliases,
    TooManyWatches,
)
from phantombot.messages.blocks import Message, actions, button, capitalized, escape, plain, section
from phantombot.messages.failures import sentence
from phantombot.messages.listing import agent_label, agent_named
from phantombot.runs.cause import Cause
from phantombot.runs.ending import OF_ALIAS, OF_RETRY, Ending, Kind, ending_of

_PARALLEL = sentence(Cause.PARALLEL).rstrip(".")

_BY_CAUSE = {
    "Unreachable": "Phantombuster can't be reached; try again in a minute",
    "AnswerLost": "Phantombuster isn't answering; try again in a minute",
    "AnswerUnreadable": "I can't read Phantombuster's answer; try again in a minute, or ask an"
    " admin to run `/phantom doctor`",
    "AnswerTooLarge": "Phantombuster's answer is too large to read; open the result at"
    " Phantombuster",
    "ParallelLimit": f"{_PARALLEL[0].lower()}{_PARALLEL[1:]}",
    "ServerFault": "Phantombuster has an internal error; try again in a minute",
    "Redirected": "Phantombuster's API has moved; an admin can run `/phantom doctor` to find where"
    " it answers",
    "NotTheApi": "something other than Phantombuster's API answers; ask an admin to run"
    " `/phantom doctor`",
    "BadParameters": "Phantombuster refused the request; check the agent's name or id",
    "KeyRejected": "Phantombuster no longer accepts this workspace's key; an admin can store a new"
    " one with `/phantom key`",
    "PlanUsedUp": "your Phantombuster plan has run out; check it at Phantombuster",
    "Forbidden": "Phantombuster doesn't let this workspace's key do that; ask an admin to check"
    " the key's account",
    "AgentNotFound": "Phantombuster has no such agent; check its id",
    "NoScript": "the agent has no script; give it one at Phantombuster",
    "ArgumentTooLong": "Phantombuster says that the request is too long; ask an admin to run"
    " `/phantom doctor`",
    "RateLimited": "Phantombuster is rate-limiting us; try again in a minute",
    "DecryptionError": "PHANTOMBOT_SECRET doesn't decrypt the stored key; an admin can add the"
    " former secret after it, or store the key again with `/phantom key`",
}
"""By the name of the error, as a run's ending stores it."""
_OF_A_LAUNCH = _BY_CAUSE | {
    "AnswerTooLarge": "Phantombuster's answer is too large to read; try again in a minute",
    "BadParameters": "Phantombuster refused the command or the argument; check both",
    "Forbidden": "Phantombuster doesn't let this workspace's key launch the agent; ask an admin to"
    " check the key's account",
    "ArgumentTooLong": "the argument is too long; shorten it, or save it at Phantombuster and"
    " launch without one",
    "AliasSealed": "the alias was stored under another PHANTOMBOT_SECRET; set it again with"
    " `/phantom alias`, or type command and argument",
    "DecryptionError": "the argument was stored under another PHANTOMBOT_SECRET; launch again",
}
_RENAMED = {"SealBroken": "DecryptionError"}
"""Causes under the names that earlier releases stored."""
_BY_KIND = {
    Kind.NOT_FOUND: "the answer to the launch was lost, and no new run was found; check"
    " Phantombuster before you launch again",
    Kind.EXPIRED: "nothing was launched: phantombot was away or held up for more than 5 minutes"
    " after you typed this; launch again if you still want to",
}
_RETRY_EXPIRED = (
    "nothing was launched: phantombot was away or held up for more than 5 minutes after this was"
    " due; launch again if you still want to"
)
_NO_KEY = (
    "this workspace has no Phantombuster key yet. A workspace admin or owner can add it with"
    " `/phantom key`."
)
_LIMITS: dict[type[Error], str] = {
    TooManyAliases: f"nothing was changed: this channel already has {MOST} aliases, the most it can"
    " have. Remove one with `/phantom unalias &lt;word&gt;`; `/phantom alias` lists them.",
    TooManyWatches: "nothing was added: this workspace already has 2,000 watches, the most it can"
    " have. Remove one with `/phantom unwatch`.",
    RunExpired: "Phantombuster has no record of that run. It keeps runs for 7 days.",
}
_ASK = "An admin of this workspace can change that with `/phantom access`."
_WHY: dict[str, str] = {
    Denial.STRANGER: "only members of this workspace can use phantombot here. Ask one of them, or"
    " add phantombot to your own workspace.",
    Denial.GUEST: f"guests can't use phantombot in this workspace. {_ASK}",
    Denial.DEACTIVATED: "this account is deactivated, so it can't use phantombot. An admin of this"
    " workspace can reactivate it.",
    Denial.BOT: "bots can't use phantombot. Ask a member of this workspace to do it.",
    Denial.NOT_ADMIN: "only admins of this workspace can launch and stop agents. Ask one of them to"
    " do it, or to give you access with `/phantom access`.",
    Denial.NOT_NAMED: f"only people named by an admin can launch and stop agents here. {_ASK}",
    Denial.CHANNEL: f"agents can't be launched or stopped in this channel. {_ASK}",
    Denial.AGENT: f"this agent can't be launched or stopped from Slack. {_ASK}",
    Denial.UNKNOWN: "Slack isn't telling me who you are right now, so I can't check what you're"
    " allowed to do. Try again in a minute.",
    Denial.SCOPE: "I'm not permitted to look up who you are, so I can't check what you're allowed"
    " to do. Ask an admin of this workspace to reinstall phantombot with the scopes that `/phantom"
    " doctor` lists.",
}
_NOTHING_DONE = {"stop": "nothing was stopped: "}
_CHOICE = re.compile(r"choose_agent\.[0-9]+")
_ALIAS_CHOICE = re.compile(r"alias_agent\.[0-9]+")
DATABASE_SILENT = "Nothing was done: the database isn't answering. Try again in a minute."


def why_not(cause: str) -> str:
    """Return why somebody is not allowed and who can change that, to follow a colon."""
    return _WHY.get(cause, f"you can't do that here. {_ASK}")


def not_allowed(denial: Denial) -> Message:
    """Tell somebody that they are not allowed to see what they asked for."""
    text = capitalized(why_not(denial))
    return Message(text, (section(text),))


def refusal(typed: str, ending: Ending) -> str:
    """Return the sentence that refuses a launch; `typed` is what was typed as the agent."""
    if ending.kind is Kind.REFUSED:
        why = _OF_A_LAUNCH.get(_RENAMED.get(ending.cause, ending.cause), "")
        refused = ": ".join(filter(None, ("nothing was launched", why)))
        return ". ".join(filter(None, (refused, it_says(ending), did_you_mean(ending))))
    if ending.kind is Kind.EXPIRED and ending.cause == OF_RETRY:
        return _RETRY_EXPIRED
    if ending.kind in _BY_KIND:
        return _BY_KIND[ending.kind]
    return f"Nothing was launched: {_not_known_or_allowed('launch', typed, ending)}"


def unanswered(command: str, typed: str, error: Error, after: str | None = None) -> Message:
    """Say why a command can't be done; `typed` is the agent in it.

    If other agents may be meant and `after` is given, each gets a button that does the same with
    it. `after` is what was typed after the agent; the buttons contain it, so it holds no secret.
    """
    meant = isinstance(error, AgentUnknown | AgentAmbiguous) and after is not None
    candidates = ending_of(error).candidates if meant else ()
    why = _NOTHING_DONE.get(command, "") + _why(command, typed, error, choose=bool(candidates))
    message = plain(capitalized(why))
    if not candidates:
        return message
    values = [f"{command} {agent} {after}".strip() for agent, _ in candidates]
    return _with_choices(message, "choose_agent", candidates, values)


def which_for_alias(uid: str, typed: str, error: Error) -> Message:
    """Ask which agent an alias is for; its argument is stored with the draft `uid`."""
    candidates = ending_of(error).candidates
    why = _why("alias", typed, error, choose=True)
    values = [f"{uid} {agent}" for agent, _ in candidates]
    return _with_choices(plain(capitalized(why)), "alias_agent", candidates, values)


def _with_choices(
    message: Message, action: str, candidates: Sequence[tuple[str, str]], values: Sequence[str]
) -> Message:
    choices = [
        button(agent_label(agent, name), f"{action}.{at}", values[at])
        for at, (agent, name) in enumerate(candidates)
    ]
    return Message(message.text, (*message.blocks, actions(*choices)))


def is_agent_choice(action_id: str) -> bool:
    """Return whether the action is a button that repeats a typed command with another agent."""
    return _CHOICE.fullmatch(action_id) is not None


def is_alias_choice(action_id: str) -> bool:
    """Return whether the action is a button that chooses the agent of an alias."""
    return _ALIAS_CHOICE.fullmatch(action_id) is not None


def _why(command: str, typed: str, error: Error, *, choose: bool) -> str:
    if type(error) in _LIMITS:
        return _LIMITS[type(error)]
    ending = ending_of(error)
    if ending.kind is Kind.AMBIGUOUS and choose:
        return f"{_may_be(typed, ending)} Which one do you mean?{more_alike(typed, ending)}"
    if ending.kind is not Kind.REFUSED:
        return _not_known_or_allowed(command, typed, ending)
    why = _BY_CAUSE.get(ending.cause, "Phantombuster gave no answer; try again in a minute")
    return ". ".join(filter(None, (why, it_says(ending)))) + "."


def _not_known_or_allowed(command: str, typed: str, ending: Ending) -> str:
    """Return why phantombot itself refuses: no key, no permission, or no such agent."""
    match ending.kind:
        case Kind.NO_KEY:
            return _NO_KEY
        case Kind.NOT_ALLOWED:
            return why_not(ending.cause)
        case Kind.NO_AGENT:
            return _no_agent(command, typed, ending)
        case Kind.AMBIGUOUS:
            return _ambiguous(command, typed, ending)
        case Kind.ALIAS_STALE:
            return _stale_alias(typed, ending)
        case Kind.ENGINE_CHOSEN:
            return _engine_chosen(typed, ending)
    raise KeyError(ending.kind)


def _ambiguous(command: str, typed: str, ending: Ending) -> str:
    example = f"Use its id, as in `/phantom {command} {escape(ending.candidates[0][0])}`."
    by_id = "Launch it by its id." if command == "launch" else example
    alike = more_alike(typed, ending)
    return f"{_may_be(typed, ending)} {by_id}{alike}"


def _may_be(typed: str, ending: Ending) -> str:
    return f"“{escape(typed, 80)}” may be {agents_listed(ending)}."


def _no_agent(command: str, typed: str, ending: Ending) -> str:
    """Say that no agent in the account is called `typed`, and what to type instead."""
    shown = escape(typed, 80)
    if typed.isdecimal():
        otherwise = "Check the id, or type the agent's name."
        return f"no agent has the id {shown}. {did_you_mean(ending) or otherwise}"
    otherwise = f"An id always works, as in `/phantom {command} 785`."
    return f"no agent is called “{shown}”. {did_you_mean(ending) or otherwise}"


def _stale_alias(typed: str, ending: Ending) -> str:
    """Say that an alias points to an agent that is gone, and how to fix it."""
    word = escape(typed, 80)
    agent = f"{agents_listed(ending)}, which" if ending.candidates else "an agent that"
    return (
        f"in this channel `{word}` stands for {agent} is no longer in the account."
        f" `/phantom alias {word} &lt;agent&gt;` points it to another one;"
        f" `/phantom unalias {word}` removes it."
    )


def _engine_chosen(typed: str, ending: Ending) -> str:
    """Say that the account's agents choose their own engine, and what to do about the command."""
    command, word = escape(ending.said, 80), escape(typed, 80)
    if ending.cause != OF_ALIAS:
        return f"this account's agents choose their own engine; leave `{command}` out."
    return (
        f"this account's agents choose their own engine, but the alias `{word}` has `{command}`."
        f" Set it again without: `/phantom alias {word} &lt;agent&gt;`."
    )


def engine_chosen(command: str, agent_id: str) -> Message:
    """Say why a run can't be launched again with its command, and how it can be."""
    why = _engine_chosen("", Ending(Kind.ENGINE_CHOSEN, said=command)).rstrip(".")
    launch = f"`/phantom launch {escape(agent_id, 80)}`"
    return plain(f"Nothing was launched: {why}: {launch}.")


def more_alike(typed: str, ending: Ending) -> str:
    """Say where all matches are listed, if there are more than are named here."""
    if len(ending.candidates) < SUGGESTIONS:
        return ""
    return f" `/phantom agents {escape(typed, 80)}` lists all matches."


def it_says(ending: Ending) -> str:
    """Quote Phantombuster's own words, if there are any."""
    return f"It says: “{escape(ending.said)}”" if ending.said else ""


def did_you_mean(ending: Ending) -> str:
    """Ask whether one of the candidates was meant, if there are any."""
    return f"Did you mean {agents_listed(ending)}?" if ending.candidates else ""


def agents_listed(ending: Ending) -> str:
    """Return names and ids, joined by "or"."""
    names = [agent_named(agent, name) for agent, name in ending.candidates]
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
