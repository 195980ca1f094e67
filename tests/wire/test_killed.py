"""SIGKILL at many points between the command and the ending, then a restart."""

from collections.abc import Callable

import pytest
from patience import PATIENCE

from .conftest import BotProcess, Wire, store_key
from .killing import CALLS, at_phantombusters, in_the_middle_of

LINE = 'launch 785 {"a": 1}'


def at_the_acknowledgement(wire: Wire) -> Callable[[], bool]:
    return lambda: True


def while_phantombuster_answers(call: str) -> Callable[[Wire], Callable[[], bool]]:
    """Return a check that a call is being answered, and certainly not over."""

    def arm(wire: Wire) -> Callable[[], bool]:
        wire.phantombuster.fault("slow", on=call, seconds=PATIENCE)
        return at_phantombusters(call)(wire)

    return arm


def in_the_middle_of_the_post(wire: Wire) -> Callable[[], bool]:
    posting = in_the_middle_of("chat.postMessage")(wire)
    return lambda: posting() and wire.phantombuster.wait_for_launch(1, PATIENCE)


def after_the_post(wire: Wire) -> Callable[[], bool]:
    """Return a check that post and launch were sent; a kill before that may lose the launch."""
    return lambda: wire.says("launching") and wire.phantombuster.wait_for_launch(1, PATIENCE)


def after_the_launch(wire: Wire) -> Callable[[], bool]:
    return lambda: wire.phantombuster.wait_for_launch(1, PATIENCE)


def while_it_runs(wire: Wire) -> Callable[[], bool]:
    return lambda: wire.says("running")


POINTS = {
    "at the acknowledgement": at_the_acknowledgement,
    "while the account is read": while_phantombuster_answers("user"),
    "in the middle of the first post": in_the_middle_of_the_post,
    "after the first post": after_the_post,
    "while the agent is looked at": while_phantombuster_answers("output"),
    "as the launch arrives": at_phantombusters("launch"),
    "after the launch": after_the_launch,
    "in the middle of the first edit": in_the_middle_of("chat.update"),
    "while the acknowledgement is deleted": in_the_middle_of("response_url"),
    "while it runs": while_it_runs,
}


@pytest.mark.parametrize("form", CALLS)
@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS.keys())
def test_a_bot_that_is_killed_launches_once_and_tells_one_ending(
    make_wire: Callable[..., Wire],
    sqlite_url: str,
    start_bot: Callable[[Wire], BotProcess],
    point: Callable[[Wire], Callable[[], bool]],
    form: str,
):
    wire = make_wire(sqlite_url, form, speed=4)
    store_key(wire)
    bot = start_bot(wire)
    reached = point(wire)
    wire.slack.command(LINE)
    assert reached()
    bot.kill()
    start_bot(wire)
    assert wire.says("✅ *LinkedIn Search* · finished")
    endings = [message for message in wire.slack.messages() if "finished" in message.text]
    assert len(endings) == 1
    assert len(wire.phantombuster.launches) == 1
    assert wire.slack.wait_for(
        lambda slack: all(one.deleted for one in slack.ephemerals()), PATIENCE
    )


@pytest.mark.parametrize("method", ["chat.update", "chat.postMessage"])
def test_a_bot_that_is_killed_as_a_failure_is_told_rings_once(
    make_wire: Callable[..., Wire],
    sqlite_url: str,
    start_bot: Callable[[Wire], BotProcess],
    method: str,
):
    """In the middle of the edit that shows the ending, or of the post that rings."""
    wire = make_wire(sqlite_url, speed=4)
    store_key(wire)
    bot = start_bot(wire)
    wire.slack.command("launch 905")
    assert wire.says("running")
    assert in_the_middle_of(method, "❌")(wire)()
    bot.kill()
    start_bot(wire)
    assert wire.says("failed")
    (ending,) = wire.slack.messages()
    assert wire.slack.wait_for(lambda slack: slack.thread(ending.ts) != [], PATIENCE)
    rung = [one for one in wire.slack.thread(ending.ts) if one.text.startswith("<@U0ADA> ❌")]
    assert len(rung) == 1


@pytest.mark.parametrize("form", CALLS)
def test_a_launch_that_may_have_been_sent_when_the_bot_was_killed_is_not_sent_again(
    make_wire: Callable[..., Wire],
    sqlite_url: str,
    start_bot: Callable[[Wire], BotProcess],
    form: str,
):
    wire = make_wire(sqlite_url, form)
    store_key(wire)
    bot = start_bot(wire)
    arrived = at_phantombusters("launch")(wire)
    wire.phantombuster.fault("cut_before", on="launch")
    wire.slack.command(LINE)
    assert arrived()
    bot.kill()
    start_bot(wire)
    assert wire.says("no new run was found")
    launches = [r for r in wire.phantombuster.requests if "/launch" in r.path]
    assert len(launches) == 1


def test_a_launch_whose_answer_a_killed_bot_never_read_is_found_by_its_tag_among_others(
    make_wire: Callable[..., Wire],
    sqlite_url: str,
    start_bot: Callable[[Wire], BotProcess],
):
    wire = make_wire(sqlite_url, "v2", speed=1)
    store_key(wire)
    bot = start_bot(wire)
    wire.phantombuster.fault("hang_after", on="launch")
    wire.slack.command("launch 786")
    assert wire.phantombuster.wait_for_launch(1, PATIENCE)
    bot.kill()
    wire.phantombuster.launch_elsewhere("786")
    start_bot(wire)
    assert wire.says("*LinkedIn Profile Scraper*", "running")
    wire.phantombuster.finish("786")
    assert wire.says("✅ *LinkedIn Profile Scraper* · finished", "found again")
    (launch,) = wire.phantombuster.launches
    (message,) = [message for message in wire.slack.messages() if "786" in message.text]
    assert f"console/{launch.container_id}" in message.text


def test_a_bot_told_to_stop_ends_in_time_and_the_next_one_goes_on(
    make_wire: Callable[..., Wire],
    sqlite_url: str,
    start_bot: Callable[[Wire], BotProcess],
):
    wire = make_wire(sqlite_url, speed=1)
    store_key(wire)
    bot = start_bot(wire)
    wire.slack.command(LINE)
    assert wire.says("running")
    assert bot.terminate() == 0
    start_bot(wire)
    wire.phantombuster.finish("785")
    assert wire.says("✅")
    assert len(wire.phantombuster.launches) == 1
    assert len(wire.slack.messages()) == 1


def test_a_bot_told_to_stop_does_not_wait_for_a_form_that_waits_for_phantombuster(
    make_wire: Callable[..., Wire],
    sqlite_url: str,
    start_bot: Callable[[Wire], BotProcess],
):
    wire = make_wire(sqlite_url)
    store_key(wire)
    bot = start_bot(wire)
    wire.slack.command("key")
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    arrived = at_phantombusters("user")(wire)
    wire.phantombuster.fault("hang_after", on="user", times=None)
    wire.slack.submit(wire.slack.views()[0], {"key_input": "another-key"})
    assert arrived()
    assert bot.terminate() == 0


def test_two_bots_on_one_store_launch_once_and_tell_one_ending(
    make_wire: Callable[..., Wire],
    database_url: str,
    start_bot: Callable[[Wire], BotProcess],
):
    wire = make_wire(database_url)
    store_key(wire)
    start_bot(wire)
    start_bot(wire)
    for number in range(5):
        wire.slack.command(f'launch {901 + number % 2} casperjs {{"n": {number}}}')
    assert wire.phantombuster.wait_for_launch(5, PATIENCE)
    assert wire.slack.wait_for(
        lambda slack: sum("finished" in m.text for m in slack.messages()) == 5, PATIENCE
    )
    assert len(wire.phantombuster.launches) == 5
