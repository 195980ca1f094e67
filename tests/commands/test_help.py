"""What `help` shows to whom, and where: only what the asker may use, in the words of the place."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from stage import Stage, asker

from phantombot import __version__
from phantombot.access.rules import Denial, Person, Rules, Who
from phantombot.commands import ACTIONS, specs
from phantombot.commands.help import Help
from phantombot.commands.launch import explain
from phantombot.commands.launch_line import Launch
from phantombot.commands.parse import parse
from phantombot.commands.spec import perform
from phantombot.errors import BadArgument, SlackUnavailable, StoreUnavailable, UsageError
from phantombot.messages.blocks import Message
from phantombot.messages.help import Reader, help_message, help_on
from phantombot.slack.payload import Invocation

ROOT = Path(__file__).parents[2]
PHONE = 42
"""Characters of a line in Slack on a phone."""
ACTING = {"launch", "stop", "alias", "unalias"}
ADMINS = {"key", "access", "audit"}
ALL = {spec.name for spec in specs()}


def asked(
    stage: Stage,
    topic: str | None = None,
    *,
    user: str = "U1",
    channel: str = "C1",
    written: bool = False,
) -> Message:
    invocation = Invocation(asker(user, channel), "1", written=written)
    message = perform(stage.context, invocation, ACTIONS[Help], Help(topic))
    assert message is not None
    return message


def listed(message: Message) -> set[str]:
    """Return the commands that have a line."""
    begun = (line.partition("` ")[0] for line in message.text.splitlines())
    return {word.removeprefix("`") for word in begun if word.startswith("`")}


def test_each_command_has_one_line_that_fits_a_phone():
    lines = help_message(specs(), Reader()).text.splitlines()
    for spec in specs():
        (line,) = [line for line in lines if line.startswith(f"`{spec.name}` ")]
        assert len(line.replace("`", "")) <= PHONE, line


def test_a_member_sees_what_members_may_use(stage: Stage):
    assert listed(asked(stage)) == ALL - ADMINS


def test_an_admin_sees_everything(stage: Stage):
    stage.people.persons["U0ADA"] = Person(admin=True)
    assert listed(asked(stage, user="U0ADA")) == ALL


def test_whoever_may_not_launch_sees_no_launch_and_is_told_why(stage: Stage):
    stage.allow(Rules(who=Who.ADMINS))
    said = asked(stage)
    assert listed(said) == ALL - ADMINS - ACTING
    assert "Only admins of this workspace can launch and stop agents." in said.text
    assert "launch LinkedIn" not in said.text


def test_where_launching_is_not_allowed_it_is_listed_for_the_other_channels(stage: Stage):
    stage.allow(Rules(channels=("C2",)))
    said = asked(stage)
    assert listed(said) == ALL - ADMINS
    assert "can't be launched or stopped in this channel" in said.text
    assert "can't be" not in asked(stage, channel="C2").text


def test_a_guest_sees_that_guests_use_nothing(stage: Stage):
    stage.people.persons["U1"] = Person(guest=True)
    said = asked(stage)
    assert listed(said) == {"help"}
    assert "Guests can't use phantombot in this workspace." in said.text
    assert "doctor" not in said.text


def test_while_slack_tells_nothing_everything_is_listed(stage: Stage):
    stage.people.faults = [SlackUnavailable("timeout")] * 3
    assert listed(asked(stage)) == ALL


def test_while_the_database_is_silent_everything_is_listed(stage: Stage):
    class Silent:
        def __getattr__(self, name: str) -> object:
            raise StoreUnavailable("gone")

    context = replace(stage.context, access=Silent(), keys=Silent())
    said = perform(context, Invocation(asker(), "1"), ACTIONS[Help], Help(None))
    assert said is not None
    assert listed(said) == ALL


@pytest.mark.parametrize(
    ("channel", "written", "shown"),
    [
        ("C1", False, "Try `/phantom launch LinkedIn Search`."),
        ("C1", True, "Try `@phantombot launch LinkedIn Search`."),
        ("D1", True, "Try `launch LinkedIn Search`.\nYou need no `/phantom` here."),
        ("D1", False, "Try `/phantom launch LinkedIn Search`."),
    ],
    ids=["a slash command", "a mention", "a direct message", "a slash command in one"],
)
def test_a_line_is_shown_as_it_is_typed_there(
    stage: Stage, channel: str, written: bool, shown: str
):
    assert shown in asked(stage, channel=channel, written=written).text


def test_in_a_direct_message_it_speaks_of_the_conversation(stage: Stage):
    said = asked(stage, "watch", channel="D1", written=True).text
    assert "`watch &lt;agent&gt; [failure]" in said
    assert "in this conversation" in said
    assert "this channel" not in said
    assert "/phantom" not in said


def test_a_command_that_the_asker_may_not_use_is_explained_with_who_may(stage: Stage):
    assert "Only admins and owners of this workspace can" in asked(stage, "access").text
    stage.allow(Rules(who=Who.ADMINS))
    assert "Only admins of this workspace can launch" in asked(stage, "launch").text


def test_launch_is_explained_with_its_engines_the_saved_settings_and_three_examples():
    said = help_on(next(spec for spec in specs() if spec.name == "launch"), Reader()).text
    assert "*casperjs*, *phantomjs*: the engine that runs the script." in said
    assert "*Saved settings*: without command and argument" in said
    examples = [line.strip("`") for line in said.splitlines() if line.startswith("`/phantom")]
    assert len(examples) == 3
    for line in examples:
        parse(line.removeprefix("/phantom "))


@pytest.mark.parametrize("topic", sorted(ALL))
def test_in_api_v2_no_engine_is_shown(stage_v2: Stage, topic: str):
    said = asked(stage_v2, topic).text
    assert "casperjs" not in said
    assert "phantomjs" not in said


def mistyped(stage: Stage) -> str:
    with pytest.raises(UsageError) as caught:
        parse("launch {}")
    return explain(stage.context, Invocation(asker(), "1"), caught.value).text


def test_a_mistyped_line_shows_the_usage(stage: Stage):
    assert "Usage: `/phantom launch &lt;agent&gt; [casperjs|phantomjs] [--save]" in mistyped(stage)


def test_in_api_v2_a_mistyped_line_shows_the_usage_without_engines(stage_v2: Stage):
    said = mistyped(stage_v2)
    assert "Usage: `/phantom launch &lt;agent&gt; [--save] [argument]`, for example" in said
    assert "casperjs" not in said


@pytest.mark.parametrize("trigger_id", ["1", ""], ids=["kept as a draft", "not kept"])
def test_in_api_v2_a_faulty_argument_shows_no_engines_either(stage_v2: Stage, trigger_id: str):
    why = UsageError("No JSON. Usage: `/phantom launch <agent> [casperjs|phantomjs] [argument]`.")
    faulty = BadArgument(why, Launch("785", argument="{"))
    said = explain(stage_v2.context, Invocation(asker(), trigger_id), faulty).text
    assert "Usage: `/phantom launch &lt;agent&gt; [argument]`" in said


def test_at_its_end_stand_the_version_and_whom_to_ask(stage: Stage):
    assert asked(stage).text.endswith("then ask <@U0ADA>, who stored the key.")
    assert f"phantombot {__version__} · Trouble? `/phantom doctor`" in asked(stage, "stop").text
    assert "others are sent to you" in asked(stage, user="U0ADA").text


def test_without_a_key_an_admin_is_to_be_asked(stage: Stage):
    context = replace(stage.context, keys=type("NoKeys", (), {"key_note": lambda *_: None})())
    said = perform(context, Invocation(asker(), "1"), ACTIONS[Help], Help(None))
    assert said is not None
    assert said.text.endswith("then ask an admin of this workspace.")


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__


def test_in_a_denied_conversation_the_reason_speaks_of_it_too():
    said = help_message(specs(), Reader(prefix="", direct=True, withheld=Denial.CHANNEL)).text
    assert "launched or stopped in this conversation" in said
