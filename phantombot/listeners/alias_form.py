"""The submitted form that gives an agent a short name."""

from dataclasses import replace
from functools import partial
from typing import Any

from phantombot.access.rules import Asker, Denial
from phantombot.commands import names
from phantombot.commands.alias import Alias, give_alias, word_problem
from phantombot.commands.launch_form import argument_entered
from phantombot.commands.launch_line import Launch
from phantombot.context import Context
from phantombot.errors import AgentUnknown, EngineChosen, Error, NotAllowed, UsageError
from phantombot.listeners.forms import (
    agent_and_channel,
    chosen,
    entered,
    errors_at,
    outcome,
    save_in_background,
)
from phantombot.messages.aliases import (
    AGENT,
    ARGUMENT,
    CHANNEL,
    COMMAND,
    WORD,
    AliasEntered,
    alias_form,
    alias_notice,
)
from phantombot.messages.form import View
from phantombot.messages.launch_form import argument_problem
from phantombot.phantombuster.api import Agent
from phantombot.slack.payload import Body, Invocation, asker_of
from phantombot.text.normalize import trimmed
from phantombot.text.tokens import SCRIPTS


def answer_alias_form(context: Context, body: Body) -> dict[str, Any]:
    """Acknowledge the submitted form, with errors at its inputs or with "saving"."""
    asker, values = asker_of(body), body["view"]["state"]["values"]
    picked = agent_and_channel(context, asker.workspace, values, AGENT, CHANNEL)
    form = AliasEntered(
        word=trimmed(str(entered(values, WORD, "value") or "")),
        agent=picked.agent,
        command=SCRIPTS.get(chosen(values, COMMAND)),
        argument=str(entered(values, ARGUMENT, "value") or ""),
        channel=picked.channel,
    )
    argument, problem = _argument(form.argument)
    problems = {WORD: word_problem(form.word, names()), ARGUMENT: problem, **picked.problems}
    if any(problems.values()):
        return errors_at(problems)
    alias = Alias(form.word, Launch(picked.agent.id, command=form.command, argument=argument))
    save = partial(
        _saved,
        context,
        replace(asker, channel=picked.channel),
        alias,
        picked.agent,
        alias_form(form, takes_command=COMMAND in values),
    )
    return save_in_background(context, body, save, alias_notice)


def _argument(typed: str) -> tuple[str | None, str]:
    """Return the argument as JSON text, or None if none was entered; and what is wrong with it."""
    try:
        read = argument_entered(typed)
    except UsageError as error:
        return None, argument_problem(error)
    return (read.text if read else None), ""


def _saved(context: Context, asker: Asker, alias: Alias, agent: Agent, form: View) -> View:
    """Set the alias; return the view to show."""
    save = partial(give_alias, context, Invocation(asker, ""), alias, elsewhere=True)
    typed, command = agent.name or agent.id, f"alias {alias.word}"
    return outcome(form, save, alias_notice, command=command, typed=typed, at=_at)


def _at(error: Error) -> str:
    """Return the input that the error is about."""
    if isinstance(error, NotAllowed):
        return {Denial.CHANNEL: CHANNEL, Denial.AGENT: AGENT}.get(Denial(error.denial), "")
    return {AgentUnknown: AGENT, EngineChosen: COMMAND}.get(type(error), "")
