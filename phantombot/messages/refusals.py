"""One sentence, with a next step, for each launch that was refused."""

from phantombot.agents.names import SUGGESTIONS
from phantombot.messages.access import why_not
from phantombot.messages.blocks import escape
from phantombot.messages.failures import sentence
from phantombot.messages.listing import agent_named
from phantombot.runs.cause import Cause
from phantombot.runs.ending import Ending, Kind

_NOTHING = "nothing was launched"

_PARALLEL = sentence(Cause.PARALLEL).rstrip(".")

_BY_CAUSE = {
    "Unreachable": f"{_NOTHING}: Phantombuster can't be reached; try again in a minute",
    "AnswerLost": f"{_NOTHING}: Phantombuster isn't answering; try again in a minute",
    "AnswerUnreadable": f"{_NOTHING}: I can't read Phantombuster's answer; try again in a"
    " minute, or ask an admin to run `/phantom doctor`",
    "AnswerTooLarge": f"{_NOTHING}: Phantombuster's answer is too large to read; try again in a"
    " minute",
    "ParallelLimit": f"{_NOTHING}: {_PARALLEL[0].lower()}{_PARALLEL[1:]}",
    "ServerFault": f"{_NOTHING}: Phantombuster has an internal error; try again in a minute",
    "Redirected": f"{_NOTHING}: Phantombuster's API has moved; an admin can run"
    " `/phantom doctor` to find where it answers",
    "NotTheApi": f"{_NOTHING}: something other than Phantombuster's API answers; ask an admin to"
    " run `/phantom doctor`",
    "BadParameters": f"{_NOTHING}: Phantombuster refused the command or the argument; check both",
    "KeyRejected": f"{_NOTHING}: Phantombuster no longer accepts this workspace's key; an admin can"
    " store a new one with `/phantom key`",
    "PlanUsedUp": f"{_NOTHING}: your Phantombuster plan has run out; check it at Phantombuster",
    "Forbidden": f"{_NOTHING}: Phantombuster doesn't let this workspace's key launch the agent;"
    " ask an admin to check the key's account",
    "AgentNotFound": f"{_NOTHING}: Phantombuster has no such agent; check its id",
    "NoScript": f"{_NOTHING}: the agent has no script; give it one at Phantombuster",
    "ArgumentTooLong": f"{_NOTHING}: the argument is too long; shorten it, or save it at"
    " Phantombuster and launch without one",
    "RateLimited": f"{_NOTHING}: Phantombuster is rate-limiting us; try again in a minute",
    "AliasSealed": f"{_NOTHING}: the alias was stored under another PHANTOMBOT_SECRET; set it again"
    " with `/phantom alias`, or type command and argument",
    "DecryptionError": f"{_NOTHING}: the argument was stored under another PHANTOMBOT_SECRET;"
    " launch again",
}
_RENAMED = {"SealBroken": "DecryptionError"}
"""Causes as earlier versions stored them."""
_BY_KIND = {
    Kind.NOT_FOUND: "the answer to the launch was lost, and no new run was found; check"
    " Phantombuster before you launch again",
    Kind.EXPIRED: f"{_NOTHING}: phantombot was away for more than an hour after you typed this;"
    " launch again if you still want to",
    Kind.NO_KEY: "Nothing was launched: this workspace has no Phantombuster key yet. A workspace"
    " admin or owner can add it with `/phantom key`.",
}


def refusal(typed: str, ending: Ending) -> str:
    """Return what to say to somebody who typed `typed` as the agent."""
    if ending.kind is Kind.REFUSED:
        why = _BY_CAUSE.get(_RENAMED.get(ending.cause, ending.cause), _NOTHING)
        return ". ".join(filter(None, (why, it_says(ending), did_you_mean(ending))))
    if ending.kind is Kind.NO_AGENT:
        return f"Nothing was launched: {no_agent('launch', typed, ending)}"
    if ending.kind is Kind.AMBIGUOUS:
        return (
            f"Nothing was launched: “{escape(typed, 80)}” may be {agents_listed(ending)}."
            f" Launch it by its id.{more_alike(typed, ending)}"
        )
    if ending.kind is Kind.ALIAS_STALE:
        return f"Nothing was launched: {stale_alias(typed, ending)}"
    if ending.kind is Kind.NOT_ALLOWED:
        return f"Nothing was launched: {why_not(ending.cause)}"
    return _BY_KIND[ending.kind]


def no_agent(command: str, typed: str, ending: Ending) -> str:
    """Say that no agent in the account is called `typed`, and what to type instead."""
    shown = escape(typed, 80)
    if typed.isdecimal():
        otherwise = "Check the id, or type the agent's name."
        return f"no agent has the id {shown}. {did_you_mean(ending) or otherwise}"
    otherwise = f"An id always works, as in `/phantom {command} 785`."
    return f"no agent is called “{shown}”. {did_you_mean(ending) or otherwise}"


def stale_alias(typed: str, ending: Ending) -> str:
    """Say that an alias points to an agent that is gone, and how to fix it."""
    word = escape(typed, 80)
    agent = f"{agents_listed(ending)}, which" if ending.candidates else "an agent that"
    return (
        f"in this channel `{word}` stands for {agent} is no longer in the account."
        f" `/phantom alias {word} &lt;agent&gt;` points it to another one;"
        f" `/phantom unalias {word}` removes it."
    )


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
