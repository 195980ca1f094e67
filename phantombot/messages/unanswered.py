"""One sentence, with a next step, for each question about the account that has no answer."""

from phantombot.agents.alias import MOST
from phantombot.errors import Error, Refused, RunExpired, TooManyAliases, TooManyWatches
from phantombot.messages.access import why_not
from phantombot.messages.blocks import Message, escape, plain
from phantombot.messages.failures import sentence
from phantombot.messages.refusals import (
    agents_listed,
    it_says,
    more_alike,
    no_agent,
    stale_alias,
)
from phantombot.runs.cause import Cause
from phantombot.runs.ending import Kind, ending_of

_NOTHING_DONE = {"stop": "nothing was stopped: "}

_BY_CAUSE = {
    "Unreachable": "Phantombuster cannot be reached; try again in a minute",
    "AnswerLost": "Phantombuster does not answer; try again in a minute",
    "AnswerUnreadable": "I can't read what Phantombuster answers; try again in a minute, or ask an"
    " admin to run `/phantom doctor`",
    "AnswerTooLarge": "Phantombuster's answer is too large to read; look at the result at"
    " Phantombuster",
    "ParallelLimit": sentence(Cause.PARALLEL).rstrip("."),
    "ServerFault": "Phantombuster has a fault of its own; try again in a minute",
    "Redirected": "Phantombuster's API has moved; an admin can run `/phantom doctor` to find where"
    " it answers",
    "NotTheApi": "what answers isn't Phantombuster's API; ask an admin to run `/phantom doctor`",
    "BadParameters": "Phantombuster refuses the question; check the agent's name or id",
    "KeyRejected": "Phantombuster no longer accepts this workspace's key; an admin can store a new"
    " one with `/phantom key`",
    "PlanUsedUp": "your Phantombuster plan has run out; check it at Phantombuster",
    "Forbidden": "Phantombuster does not let this workspace's key do that; ask an admin to check"
    " the key's account",
    "AgentNotFound": "Phantombuster knows no such agent; look at its id again",
    "NoScript": "the agent has no script; give it one at Phantombuster",
    "ArgumentTooLong": "Phantombuster says that the request is too long; ask an admin to run"
    " `/phantom doctor`",
    "RateLimited": "Phantombuster is rate-limiting us; try again in a minute",
    "DecryptionError": "the stored key does not open with PHANTOMBOT_SECRET; an admin can set the"
    " former secret beside it, or store the key again with `/phantom key`",
}
_NO_KEY = (
    "this workspace has no Phantombuster key yet. A workspace admin or owner can add it with"
    " `/phantom key`."
)
_LIMITS: dict[type[Refused], str] = {
    TooManyAliases: f"nothing was changed: this channel has {MOST} aliases, and can have no more."
    " Take one away with `/phantom unalias &lt;word&gt;`; `/phantom alias` lists them.",
    TooManyWatches: "nothing is watched anew: this workspace watches 2,000 times already, and that"
    " is the most. `/phantom unwatch` makes room.",
    RunExpired: "Phantombuster tells nothing of that run, or not any more: it keeps one for 7"
    " days.",
}
DATABASE_SILENT = "Nothing was done: the database does not answer. Try again in a minute."


def unanswered(command: str, typed: str, error: Error) -> Message:
    """Tell whoever typed `command` and, for the agent, `typed` why that can't be done."""
    sentence = _NOTHING_DONE.get(command, "") + _why(command, typed, error)
    return plain(sentence[0].upper() + sentence[1:])


def _why(command: str, typed: str, error: Error) -> str:
    if isinstance(error, Refused) and type(error) in _LIMITS:
        return _LIMITS[type(error)]
    ending = ending_of(error)
    shown = escape(typed, 80)
    match ending.kind:
        case Kind.NO_KEY:
            return _NO_KEY
        case Kind.NOT_ALLOWED:
            return why_not(ending.cause)
        case Kind.NO_AGENT:
            return no_agent(command, typed, ending)
        case Kind.AMBIGUOUS:
            first = escape(ending.candidates[0][0])
            return (
                f"“{shown}” may be {agents_listed(ending)}. Name it by its id, as in"
                f" `/phantom {command} {first}`.{more_alike(typed, ending)}"
            )
        case Kind.ALIAS_STALE:
            return stale_alias(typed, ending)
    why = _BY_CAUSE.get(ending.cause, "Phantombuster gave no answer; try again in a minute")
    return ". ".join(filter(None, (why, it_says(ending)))) + "."
