"""Who may is checked once, before the handler: of what is typed, and of what is pressed."""

from dataclasses import replace
from typing import Any

import pytest
from stage import Stage, asker

from phantombot.access.audit import AuditAction
from phantombot.access.rules import Person
from phantombot.commands import ACTIONS, admin, alias, launch, notify, output, status
from phantombot.commands.permission import Admins, Anyone, Members, Permission
from phantombot.commands.spec import Action, perform
from phantombot.context import Context
from phantombot.errors import NoKey, SlackUnavailable, StoreUnavailable
from phantombot.messages.access import ACCESS_ADMINS_ONLY, ACCESS_SLACK_SILENT
from phantombot.messages.audit import AUDIT_ADMINS_ONLY, AUDIT_SLACK_SILENT
from phantombot.messages.blocks import Message, plain
from phantombot.messages.detail import file_not_sent
from phantombot.messages.keys import ADMINS_ONLY, SLACK_SILENT
from phantombot.messages.notify import NOTIFY_ADMINS_ONLY, NOTIFY_HERE_SLACK_SILENT
from phantombot.messages.refusals import DATABASE_SILENT
from phantombot.slack.payload import Invocation

DONE = plain("done")
AWAY = SlackUnavailable("timeout")
BUTTONS = {
    "output of a run": output.SHOW_OUTPUT_OF,
    "output of a watched run": output.SHOW_OUTPUT_IN,
    "a page of agents": status.LIST_AGENTS,
    "the form as it was typed": launch.OPEN_TYPED_FORM,
    "the alias form": alias.OPEN_ALIAS_FORM,
    "a run's end": notify.NOTIFY_OF_RUN,
    "the audit trail's file": admin.EXPORT_TRAIL,
}
ALL = {kind.__name__: action for kind, action in ACTIONS.items()} | BUTTONS
ADMINS = {
    "Key": (ADMINS_ONLY, SLACK_SILENT, "key"),
    "KeyRemoval": (ADMINS_ONLY, SLACK_SILENT, "key"),
    "Access": (ACCESS_ADMINS_ONLY, ACCESS_SLACK_SILENT, "access"),
    "Audit": (AUDIT_ADMINS_ONLY, AUDIT_SLACK_SILENT, "audit"),
    "NotifyHere": (NOTIFY_ADMINS_ONLY, NOTIFY_HERE_SLACK_SILENT, "notify here"),
    "the audit trail's file": (AUDIT_ADMINS_ONLY, file_not_sent("timeout").text, "audit"),
}
MEMBERS = {
    "Status": "status",
    "Output": "output",
    "output of a run": "output",
    "output of a watched run": "output",
    "Agents": "agents",
    "a page of agents": "agents",
    "Runs": "runs",
    "Aliases": "alias",
    "Watch": "watch",
    "WatchForm": "watch",
    "Unwatch": "unwatch",
    "Watches": "watches",
    "Mute": "mute",
    "Notify": "notify",
    "a run's end": "notify",
    "Doctor": "doctor",
    "LaunchForm": "launch form",
    "the form as it was typed": "launch form",
    "the alias form": "alias",
}


class Recorded:
    """A handler that does nothing, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, _context: Context, _invocation: Invocation, _asked: object) -> Message:
        self.times += 1
        return DONE


def ask(stage: Stage, action: Action[Any], user: str, handler: Recorded) -> Message | None:
    by = Invocation(asker(user), "1")
    return perform(stage.context, by, replace(action, answer=handler), None)


def refused(stage: Stage) -> list[tuple[str, str, str]]:
    """Return who was refused what, and where, as the audit trail has it."""
    return [
        (entry.user, entry.channel, entry.outcome)
        for entry in stage.audit.recent("T1", 9)
        if entry.what is AuditAction.REFUSED
    ]


def test_each_action_is_for_members_for_admins_or_left_to_the_rules():
    anyone = {name for name, action in ALL.items() if isinstance(action.who, Anyone)}
    assert anyone == {"Launch", "Stop", "Alias", "Unalias", "Help", "KeyTyped"}
    assert {name for name, action in ALL.items() if isinstance(action.who, Members)} == set(MEMBERS)
    assert {name for name, action in ALL.items() if isinstance(action.who, Admins)} == set(ADMINS)


@pytest.mark.parametrize(("name", "wanted"), MEMBERS.items())
def test_a_guest_is_refused_before_the_handler_and_it_is_noted(
    stage: Stage, name: str, wanted: str
):
    stage.people.persons["U9"] = Person(guest=True)
    handler = Recorded()
    answer = ask(stage, ALL[name], "U9", handler)
    assert answer is not None
    assert "uests can't use" in answer.text
    assert handler.times == 0
    assert refused(stage) == [("U9", "C1", wanted)]


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_is_asked_about_once_and_let_through(stage: Stage, name: str):
    handler = Recorded()
    assert ask(stage, ALL[name], "U1", handler) == DONE
    assert (handler.times, stage.people.asked) == (1, ["U1"])
    assert refused(stage) == []


@pytest.mark.parametrize(("name", "said"), ADMINS.items())
def test_only_an_admin_gets_to_the_handler(stage: Stage, name: str, said: tuple[str, str, str]):
    only, silent, wanted = said
    handler = Recorded()
    assert ask(stage, ALL[name], "U1", handler) == plain(only)
    assert refused(stage) == [("U1", "", wanted)]
    stage.slack.fault("is_admin", AWAY)
    assert ask(stage, ALL[name], "U0ADA", handler) == plain(silent)
    assert handler.times == 0
    assert ask(stage, ALL[name], "U0ADA", handler) == DONE


def test_slack_s_silence_refuses_whoever_was_never_seen_but_not_the_doctor(stage: Stage):
    handler = Recorded()
    stage.people.faults = [AWAY]
    answer = ask(stage, ALL["Status"], "U1", handler)
    assert (answer == DONE, handler.times) == (False, 0)
    stage.people.faults = [AWAY]
    assert ask(stage, ALL["Doctor"], "U1", handler) == DONE


class Away:
    """A store that does not answer."""

    def rules(self, workspace: str) -> None:
        raise StoreUnavailable("away")

    def note(self, entry: object) -> None:
        raise StoreUnavailable("away")


def test_without_the_rules_nothing_is_shown_but_what_the_doctor_finds(stage: Stage):
    silent = replace(stage.context, access=Away())
    by, handler = Invocation(asker(), "1"), Recorded()
    status_action = replace(ALL["Status"], answer=handler)
    assert perform(silent, by, status_action, None) == plain(DATABASE_SILENT)
    with pytest.raises(StoreUnavailable):
        perform(silent, by, replace(ALL["LaunchForm"], answer=handler), None)
    assert handler.times == 0
    assert perform(silent, by, replace(ALL["Doctor"], answer=handler), None) == DONE


@pytest.mark.parametrize("who", [ALL["Status"].who, ALL["Key"].who], ids=["members", "admins"])
def test_a_refusal_stands_where_it_cannot_be_noted(stage: Stage, who: Permission):
    stage.people.persons["U9"] = Person(guest=True)
    silent = replace(stage.context, audit=Away())
    assert who.refusal(silent, asker("U9")) is not None


def test_what_is_refused_later_on_is_worded_by_the_action(stage: Stage):
    def refuse(_context: Context, _invocation: Invocation, _asked: object) -> Message:
        raise NoKey

    by = Invocation(asker(), "1")
    worded = Action(Anyone(), refuse, lambda asked, _error: plain(f"no key for {asked}"))
    assert perform(stage.context, by, worded, "785") == plain("no key for 785")
    with pytest.raises(NoKey):
        perform(stage.context, by, replace(worded, why_not=None), "785")
