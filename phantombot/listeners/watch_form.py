"""The submitted form in which a channel watches an agent."""

from dataclasses import replace
from functools import partial
from typing import Any

from phantombot.access.rules import Asker
from phantombot.commands.watch import WATCH, Watch, set_watch
from phantombot.context import Context
from phantombot.errors import AgentUnknown, Error
from phantombot.listeners.forms import (
    agent_and_channel,
    entered,
    errors_at,
    outcome,
    save_in_background,
)
from phantombot.messages.form import View
from phantombot.messages.watch_form import (
    AGENT,
    CHANNEL,
    WORDS,
    WORDS_MISSING,
    watch_form,
    watch_notice,
)
from phantombot.phantombuster.api import Agent
from phantombot.slack.payload import Body, Invocation, asker_of
from phantombot.watches.model import Word


def answer_watch_form(context: Context, body: Body) -> dict[str, Any]:
    """Acknowledge the submitted form, with errors at its inputs or with "saving"."""
    asker, values = asker_of(body), body["view"]["state"]["values"]
    picked = agent_and_channel(context, asker.workspace, values, AGENT, CHANNEL)
    boxes = {one["value"] for one in entered(values, WORDS, "selected_options") or ()}
    words = tuple(word for word in Word if word.value in boxes)
    problems = {WORDS: "" if words else WORDS_MISSING, **picked.problems}
    if any(problems.values()):
        return errors_at(problems)
    watch = Watch(picked.agent.id, quoted=False, words=words)
    save = partial(_saved, context, replace(asker, channel=picked.channel), watch, picked.agent)
    return save_in_background(context, body, save, watch_notice)


def _saved(context: Context, asker: Asker, watch: Watch, agent: Agent) -> View:
    """Set the watch; return the view to show."""
    form = watch_form(agent, watch.words, asker.channel)
    refusal = WATCH.spec.who.refusal(context, asker)
    if refusal is not None:
        return watch_notice(refusal.text)
    save = partial(set_watch, context, Invocation(asker, ""), watch, elsewhere=True)
    typed = agent.name or agent.id
    return outcome(form, save, watch_notice, command="watch", typed=typed, at=_at)


def _at(error: Error) -> str:
    return AGENT if isinstance(error, AgentUnknown) else ""
