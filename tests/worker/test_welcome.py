"""Who installed the app is welcomed once, and a channel is greeted once for each join."""

from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert
from stage import Stage

from phantombot.access.rules import Person, Rules
from phantombot.database.engine import Database
from phantombot.database.migrations import upgrade
from phantombot.database.schema import installations as table
from phantombot.database.vault import Vault
from phantombot.errors import CannotPost, SlackRefused, SlackUnavailable
from phantombot.messages.blocks import Message
from phantombot.messages.welcome import Steps, welcome
from phantombot.slack.installation_store import Installation, Installations, Uninstalled
from phantombot.worker.welcome_store import Welcomes

TEAM = Installation(
    workspace="T1",
    enterprise=None,
    org_wide=False,
    bot_token="xoxb-canary",
    bot_user="U0BOT",
    scopes="chat:write",
    installed_by="U1",
    installed_at=datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
)
GONE = Uninstalled("T1", "", org_wide=False, at=None)
JOINED_AT = datetime(2026, 11, 24, 11, 59, 58, 500_000, tzinfo=UTC)


class Killed(BaseException):
    """The process ends here."""


def installations(stage: Stage) -> Installations:
    return Installations(stage.runs.database, stage.keys.vault)


@pytest.fixture
def keyless(stage: Stage) -> Stage:
    """Return a stage for many workspaces, where T1 has stored no key."""
    stage.install_url = "https://bot.test/slack/install"
    stage.keys.remove_key("T1")
    stage.people.persons["U1"] = Person(admin=True)
    return stage


@pytest.fixture
def installed(keyless: Stage) -> Stage:
    installations(keyless).save(TEAM)
    keyless.process_workspace()
    return keyless


def join(stage: Stage, channel: str = "C1", at: datetime = JOINED_AT) -> bool:
    return stage.context.welcomes.join("T1", channel, at, stage.clock())


def welcomes(stage: Stage) -> list[Message]:
    """Return the direct messages to whoever installed the app, as they are now."""
    return [one.message for one in stage.slack.shown.values() if one.channel == "D1"]


def ticked(message: Message) -> list[str]:
    return [line[3:-1] for line in message.text.splitlines() if line.startswith("✅")]


def buttons(message: Message) -> list[str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [one["action_id"] for row in rows for one in row]


def test_who_installed_it_is_shown_three_steps_and_the_button_of_the_first(installed: Stage):
    (message,) = welcomes(installed)
    assert ticked(message) == []
    assert [line[:4] for line in message.text.splitlines() if line.startswith("⬜")] == [
        *("⬜ *1", "⬜ *2", "⬜ *3")
    ]
    assert buttons(message) == ["add_key"]


def test_each_step_ticks_itself_off_in_the_one_message(installed: Stage):
    installed.keys.store_key("T1", installed.key, by="U0ADA", at=installed.clock())
    installed.process_workspace()
    (message,) = welcomes(installed)
    assert ticked(message) == ["1. Store the Phantombuster key"]
    assert buttons(message) == ["open_launch"]
    installed.type(channel="C1")
    installed.process_workspace()
    installed.process_workspace(1)
    (message,) = welcomes(installed)
    assert ticked(message)[1:] == ["2. Try a launch"]
    assert buttons(message) == []
    join(installed)
    installed.process_workspace()
    (message,) = welcomes(installed)
    assert ticked(message)[2:] == ["3. Invite me to a channel"]
    assert "All set." in message.text


def test_what_is_done_out_of_order_is_ticked_off_too(installed: Stage):
    join(installed)
    installed.process_workspace()
    (message,) = welcomes(installed)
    assert ticked(message) == ["3. Invite me to a channel"]
    assert buttons(message) == ["add_key"]


def test_a_step_stays_ticked_off(installed: Stage):
    installed.keys.store_key("T1", installed.key, by="U0ADA", at=installed.clock())
    installed.process_workspace()
    installed.keys.remove_key("T1")
    installed.process_workspace()
    assert ticked(welcomes(installed)[0]) == ["1. Store the Phantombuster key"]


def test_it_is_edited_only_where_a_step_was_done(installed: Stage):
    for _ in range(3):
        installed.process_workspace(60)
    (shown,) = [one for one in installed.slack.shown.values() if one.channel == "D1"]
    assert shown.edits == 0


def test_who_is_no_admin_is_told_who_stores_the_key(keyless: Stage):
    keyless.people.persons["U1"] = Person()
    installations(keyless).save(TEAM)
    keyless.process_workspace()
    (message,) = welcomes(keyless)
    assert "An admin of this workspace does that: `/phantom key`." in message.text
    assert buttons(message) == []


def test_installing_again_welcomes_nobody_again(installed: Stage):
    installations(installed).save(replace(TEAM, installed_by="U2"))
    installed.process_workspace()
    assert len(installed.slack.history) == 1


def test_after_everything_was_erased_it_is_installed_as_for_the_first_time(installed: Stage):
    installations(installed).remove(GONE, installed.clock())
    installations(installed).save(TEAM)
    installed.process_workspace()
    assert len(welcomes(installed)) == 2


def test_an_organisations_admin_is_not_welcomed(keyless: Stage):
    installations(keyless).save(replace(TEAM, enterprise="T1", org_wide=True))
    keyless.process_workspace()
    assert keyless.slack.history == []


def test_in_the_one_workspace_of_a_token_nobody_installed_anything(stage: Stage):
    stage.process_workspace()
    assert stage.slack.history == []


def test_a_welcome_that_slack_put_off_is_sent_later_and_once(keyless: Stage):
    keyless.slack.fault("post", SlackUnavailable("ratelimited", retry_after=30))
    installations(keyless).save(TEAM)
    due = keyless.process_workspace()
    assert due is not None
    assert (due - keyless.clock()).total_seconds() == 30
    keyless.process_workspace(10)
    assert welcomes(keyless) == []
    keyless.process_workspace(20)
    keyless.process_workspace(60)
    assert len(welcomes(keyless)) == 1


@pytest.mark.parametrize("error", [SlackUnavailable("no_answer"), SlackRefused("user_disabled")])
def test_a_welcome_that_may_have_arrived_or_never_will_is_not_repeated(
    keyless: Stage, error: Exception
):
    keyless.slack.fault("post", error)
    installations(keyless).save(TEAM)
    for _ in range(3):
        assert keyless.process_workspace(60) is None
    assert welcomes(keyless) == []


@pytest.mark.parametrize("acted", [False, True], ids=["before Slack acted", "after"])
def test_killed_while_it_is_sent_the_welcome_is_not_repeated(keyless: Stage, acted: bool):
    installations(keyless).save(TEAM)
    killed_in_its_post(keyless, acted=acted)
    for _ in range(3):
        keyless.process_workspace(60)
    assert len(welcomes(keyless)) == int(acted)


def killed_in_its_post(stage: Stage, *, acted: bool) -> None:
    """Process the workspace until the process dies in a call to Slack."""
    post = stage.slack.post

    def dying(*given: object, **named: object) -> None:
        if acted:
            post(*given, **named)
        raise Killed

    stage.slack.post = dying
    with pytest.raises(Killed):
        stage.process_workspace()
    stage.slack.post = post


def test_killed_before_it_is_edited_a_step_is_ticked_off_by_the_next_process(installed: Stage):
    installed.keys.store_key("T1", installed.key, by="U0ADA", at=installed.clock())
    assert installed.context.welcomes.workspaces() == ["T1"]
    installed.slack.fault("edit", SlackUnavailable("ratelimited", retry_after=5))
    assert installed.process_workspace() is not None
    assert installed.context.welcomes.workspaces() == ["T1"]
    installed.process_workspace(5)
    assert ticked(welcomes(installed)[0]) == ["1. Store the Phantombuster key"]
    assert installed.context.welcomes.workspaces() == []


def test_a_welcome_that_was_deleted_is_left_alone(installed: Stage):
    installed.slack.fault("edit", SlackRefused("message_not_found"))
    join(installed)
    installed.process_workspace()
    installed.keys.store_key("T1", installed.key, by="U0ADA", at=installed.clock())
    installed.process_workspace()
    assert ticked(welcomes(installed)[0]) == []
    assert installed.context.welcomes.workspaces() == []


def test_two_processes_send_one_welcome(keyless: Stage):
    installations(keyless).save(TEAM)
    store = keyless.context.welcomes
    first, second = store.of("T1"), store.of("T1")
    assert first is not None
    assert second is not None
    assert [store.begin(first), store.begin(second)] == [True, False]


def test_a_joined_channel_is_told_in_one_line_what_can_be_done_there(stage: Stage):
    assert join(stage)
    stage.process_workspace()
    assert "I launch Phantombuster agents in this channel" in stage.last
    assert "\n" not in stage.last
    assert len(stage.slack.texts("C1")) == 1


def test_the_same_join_told_again_says_nothing_and_a_new_one_does(stage: Stage):
    assert join(stage)
    stage.process_workspace()
    assert not join(stage)
    assert not join(stage, at=datetime(2026, 11, 1, tzinfo=UTC))
    stage.process_workspace()
    assert len(stage.slack.texts("C1")) == 1
    assert join(stage, at=stage.clock())
    stage.process_workspace()
    assert len(stage.slack.texts("C1")) == 2


def test_without_a_key_the_line_says_what_is_missing(keyless: Stage):
    join(keyless)
    keyless.process_workspace()
    assert "once an admin has stored the key with `/phantom key`" in keyless.last


def test_where_nothing_can_be_launched_the_line_speaks_of_watching(stage: Stage):
    stage.allow(Rules(channels=("C2",)))
    join(stage)
    stage.process_workspace()
    assert stage.last.startswith("Agents can't be launched in this channel, but")


def test_a_line_that_slack_put_off_is_posted_later_and_once(stage: Stage):
    stage.slack.fault("post", SlackUnavailable("ratelimited", retry_after=30))
    join(stage)
    assert stage.process_workspace() is not None
    assert stage.context.welcomes.workspaces() == ["T1"]
    stage.process_workspace(30)
    stage.process_workspace(60)
    assert len(stage.slack.texts("C1")) == 1


@pytest.mark.parametrize(
    "error", [SlackUnavailable("no_answer"), CannotPost("not_in_channel"), SlackRefused("x")]
)
def test_a_line_that_may_have_arrived_or_never_will_is_not_repeated(stage: Stage, error: Exception):
    stage.slack.fault("post", error)
    join(stage)
    for _ in range(3):
        stage.process_workspace(60)
    assert stage.slack.texts("C1") == []


@pytest.mark.parametrize("acted", [False, True], ids=["before Slack acted", "after"])
def test_killed_while_it_is_posted_the_line_is_not_repeated(stage: Stage, acted: bool):
    join(stage)
    killed_in_its_post(stage, acted=acted)
    for _ in range(3):
        stage.process_workspace(60)
    assert len(stage.slack.texts("C1")) == int(acted)


def test_all_done_has_no_button_left():
    assert buttons(welcome(Steps(key_stored=True, launched=True, invited=True))) == []


def test_who_installed_an_earlier_release_is_not_welcomed_for_installing_it_again(
    empty_database_url: str, vault: Vault
):
    database = Database(empty_database_url.replace("postgresql://", "postgresql+psycopg://"))
    upgrade(database.engine, "0021")
    former = {**asdict(TEAM), "bot_token": "sealed", "org_wide": False}
    with database.writing() as connection:
        connection.execute(insert(table).values(former))
    database.migrate()
    Installations(database, vault).save(replace(TEAM, scopes="chat:write,channels:read"))
    assert Welcomes(database).of("T1") is None
    assert Welcomes(database).workspaces() == []
    database.close()
