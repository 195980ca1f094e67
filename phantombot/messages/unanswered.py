"""One sentence, with a next step, for each question about the account that can't be answered."""

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
    "Unreachable": "Phantombuster can't be reached; try again in a minute",
    "AnswerLost": "Phantombuster isn't answering; try again in a minute",
    "AnswerUnreadable": "I can't read Phantombuster's answer; try again in a minute, or ask an"
    " admin to run `/phantom doctor`",
    "AnswerTooLarge": "Phantombuster's answer is too large to read; open the result at"
    " Phantombuster",
    "ParallelLimit": sentence(Cause.PARALLEL).rstrip("."),
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
_NO_KEY = (
    "this workspace has no Phantombuster key yet. A workspace admin or owner can add it with"
    " `/phantom key`."
)
_LIMITS: dict[type[Refused], str] = {
    TooManyAliases: f"nothing was changed: this channel already has {MOST} aliases, the most it can"
    " have. Remove one with `/phantom unalias &lt;word&gt;`; `/phantom alias` lists them.",
    TooManyWatches: "nothing was added: this workspace already has 2,000 watches, the most it can"
    " have. Remove one with `/phantom unwatch`.",
    RunExpired: "Phantombuster has no record of that run. It keeps runs for 7 days.",
}
DATABASE_SILENT = "Nothing was done: the database isn't answering. Try again in a minute."


def unanswered(command: str, typed: str, error: Error) -> Message:
    """Say why what was typed can't be done; `typed` is the agent in it."""
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
                f"“{shown}” may be {agents_listed(ending)}. Use its id, as in"
                f" `/phantom {command} {first}`.{more_alike(typed, ending)}"
            )
        case Kind.ALIAS_STALE:
            return stale_alias(typed, ending)
    why = _BY_CAUSE.get(ending.cause, "Phantombuster gave no answer; try again in a minute")
    return ". ".join(filter(None, (why, it_says(ending)))) + "."
