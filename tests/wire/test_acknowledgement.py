"""The acknowledgement of a launch is gone when the run's message is there."""

from patience import PATIENCE

from phantombot.sandbox.slack.values import Call

from .conftest import Wire
from .pressing import private, told

BOTH_APIS = True
LINE = 'launch 785 {"a": 1}'


def deleted(wire: Wire, text: str) -> bool:
    """Wait until all private messages that say this are deleted; return whether it was in time."""

    def gone(_: object) -> bool:
        said = private(wire, text)
        return said != [] and all(one.deleted for one in said)

    return wire.slack.wait_for(gone, PATIENCE)


def through_response_url(wire: Wire) -> list[Call]:
    return [call for call in wire.slack.calls if call.method == "response_url"]


def test_an_acknowledgement_is_gone_when_the_message_stands(knowing: Wire):
    acknowledged = knowing.slack.command(LINE).body["text"]
    assert deleted(knowing, acknowledged)
    assert knowing.says("✅ *LinkedIn Search* · finished")
    (call,) = through_response_url(knowing)
    assert call.fields == {"delete_original": "true"}


def test_what_is_said_before_anything_is_known_is_gone_too(wire: Wire):
    acknowledged = wire.slack.command("launch LinkedIn Search").body["text"]
    assert wire.says("✅ *LinkedIn Search* · finished")
    assert deleted(wire, acknowledged)


def test_that_an_argument_was_repaired_stays(knowing: Wire):
    said = knowing.slack.command("launch 785 {“a”: 1}").body["text"]
    assert "repaired" in said
    assert knowing.says("✅ *LinkedIn Search* · finished")
    assert through_response_url(knowing) == []


def test_an_acknowledgement_stays_where_the_bot_cannot_post(knowing: Wire):
    acknowledged = knowing.slack.command(LINE, channel="C0PRIVATE").body["text"]
    assert told(knowing, "/invite @phantombot")
    assert not any(one.deleted for one in private(knowing, acknowledged))
    assert all("delete_original" not in call.fields for call in through_response_url(knowing))


def test_a_question_that_was_answered_is_gone_when_the_message_stands(knowing: Wire):
    knowing.slack.command(LINE)
    knowing.slack.command(LINE)
    assert told(knowing, "Launch it once more?")
    (question,) = private(knowing, "Launch it once more?")
    knowing.slack.press(question, "launch_again")
    assert told(knowing, "Launching it.")
    assert deleted(knowing, "Launching it.")
    assert len(knowing.slack.messages()) == 2


def test_a_refused_deletion_is_nobodys_error(knowing: Wire):
    knowing.slack.fail("response_url", "used_url", times=None)
    acknowledged = knowing.slack.command(LINE).body["text"]
    assert knowing.says("✅ *LinkedIn Search* · finished")
    assert knowing.slack.wait_for(lambda _: through_response_url(knowing) != [], PATIENCE)
    (one,) = knowing.slack.ephemerals()
    assert (one.text, one.deleted) == (acknowledged, False)
