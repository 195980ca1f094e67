"""status, output and runs: what is asked of the account, for the caller alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from patience import PATIENCE

from .conftest import KEY, Wire
from .gate import Gate
from .pressing import private, told

BOTH_APIS = True
COOKIE = "li_at-canary-cookie"
LONG = "Google Maps Extractor (903)"


@pytest.fixture
def slow_wire(make_wire: Callable[..., Wire], sqlite_url: str) -> Callable[..., Wire]:
    """Return a function that makes a bot with slow agents."""

    def start(form: str = "later") -> Wire:
        wire = make_wire(sqlite_url, form=form, speed=1)
        wire.start()
        return wire

    return start


@pytest.mark.parametrize("form", ["later", "2014", "v2"])
def test_status_tells_what_runs_and_the_time_left(slow_wire: Callable[..., Wire], form: str):
    wire = slow_wire(form)
    delivery = wire.slack.command("status", user="U0MAX")
    assert (delivery.status, delivery.body) == (200, None)
    left = "3 h 54 min of execution time left."
    assert told(wire, f"Nothing is running or queued. {left}", user="U0MAX")
    wire.slack.command("launch 903")
    assert wire.says("*Google Maps Extractor*", "running")
    wire.slack.command("status")
    assert told(wire, f"▶️ {LONG} · running", left)
    assert len(wire.slack.messages()) == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("later", "Agent finished (error)"),
        ("2014", "Agent finished (error)"),
        ("v2", "exit code 1"),
    ],
)
def test_status_of_an_agent_tells_its_last_end(
    make_wire: Callable[..., Wire], sqlite_url: str, form: str, said: str
):
    wire = make_wire(sqlite_url, form=form)
    wire.start()
    wire.slack.command("status hello world")
    assert told(wire, "Hello World (908) · not running", "No earlier run is known.")
    wire.slack.command("launch 905")
    assert wire.says("❌ *Facebook Group Extractor*")
    wire.slack.command('status "facebook group"')
    assert told(wire, f"Last run: error · “{said}”", "execution time left")


def test_output_shows_console_and_result_without_the_argument(wire: Wire):
    wire.slack.command(f'launch 908 {{"cookie": "{COOKIE}"}}')
    assert wire.says("✅ *Hello World*")
    wire.slack.command("output Hello World", user="U0MAX")
    assert told(
        wire,
        "Hello World (908) · ended",
        "Hello, world!\n",
        "\n* Process finished successfully (exit code: 0)",
        "Its result, 18 characters:",
        '```{"hello": "world"}```',
        user="U0MAX",
    )
    assert len(wire.slack.messages()) == 1


def test_a_console_that_prints_argument_and_key_shows_neither(wire: Wire):
    agents = wire.phantombuster._account.agents
    leak = f"with {COOKIE} and {KEY} `x` <!here>"
    agents["908"] = replace(agents["908"], console=(leak,), result={"said": COOKIE})
    wire.slack.command(f'launch 908 {{"cookie": "{COOKIE}"}}')
    assert wire.says("✅ *Hello World*")
    wire.slack.command("output 908")
    assert told(wire, "with ••• and ••• 'x' &lt;!here&gt;", '```{"said": "•••"}```')
    said = repr([call.fields for call in wire.slack.calls]) + repr(private(wire))
    assert COOKIE not in said
    assert KEY not in said


def test_output_in_the_2014_form_tells_the_console_and_no_result(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, form="2014")
    wire.start()
    wire.slack.command("launch 908")
    assert wire.says("✅ *Hello World*")
    wire.slack.command("output 908")
    assert told(wire, "Hello, world!", "returns no results")


def test_an_agent_that_never_ran_has_an_empty_console(wire: Wire):
    wire.slack.command("output 908")
    assert told(wire, "Its console is empty.", "It has no result.")


@pytest.mark.parametrize("command", ["status", "output", "stop"])
@pytest.mark.parametrize(
    ("agent", "sentence"),
    [
        ("LinkedIn Serach", "o agent is called “LinkedIn Serach”. Did you mean LinkedIn Search"),
        ("xyz", "o agent is called “xyz”. An id always works, as in `/phantom"),
        ("4711", "o agent has the id 4711"),
        (
            "Twitter Followers",
            "may be Twitter Followers (901) or Twitter Followers (902). Which one",
        ),
    ],
)
def test_an_agent_that_cannot_be_told_is_one_sentence(
    wire: Wire, command: str, agent: str, sentence: str
):
    wire.slack.command(f"{command} {agent}")
    assert told(wire, sentence)
    assert wire.slack.messages() == []
    (answer,) = private(wire)
    assert answer.text.startswith("Nothing was stopped: ") is (command == "stop")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("status Twitter Followers", "Twitter Followers (902) · not running"),
        ("output Twitter Followers", "Twitter Followers (902)"),
        ("stop Twitter Followers", "Twitter Followers (902) is not running"),
        ("watch Twitter Followers success", "Twitter Followers (902)"),
        ("alias tf Twitter Followers", "`tf` now stands for Twitter Followers (902)"),
    ],
)
def test_an_agent_that_is_chosen_is_done_with_what_was_typed_in_the_questions_place(
    wire: Wire, line: str, sentence: str
):
    wire.slack.command(line)
    assert told(wire, "may be Twitter Followers (901) or Twitter Followers (902). Which one")
    (question,) = private(wire)
    wire.slack.press(question, "choose_agent.1")
    assert wire.slack.wait_for(
        lambda slack: [one.edits for one in slack.ephemerals()] == [1], PATIENCE
    )
    (answer,) = private(wire)
    assert sentence in answer.text
    assert "Which one" not in answer.text


def test_the_agent_of_an_alias_is_chosen_and_its_argument_is_kept(wire: Wire):
    wire.slack.command('alias tf Twitter Followers {"n": 1}')
    assert told(wire, "may be Twitter Followers (901) or Twitter Followers (902). Which one")
    (question,) = private(wire)
    assert '"n"' not in str(question)
    assert wire.slack.press(question, "alias_agent.1", user="U0MAX").error is None
    wire.slack.press(question, "alias_agent.1")
    assert told(wire, "`tf` now stands for Twitter Followers (902), with its own command or")
    wire.slack.command("launch tf")
    assert wire.phantombuster.wait_for_launch(1, PATIENCE)
    (launch,) = wire.phantombuster.launches
    assert (launch.agent_id, launch.argument) == ("902", '{"n": 1}')


@pytest.mark.parametrize("command", ["status", "status 785", "output 785", "stop 785"])
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("500", "Phantombuster has an internal error; try again in a minute."),
        ("401", "Phantombuster no longer accepts this workspace's key; an admin can"),
        ("429", "Phantombuster is rate-limiting us"),
        ("html", "I can't read Phantombuster's answer"),
        ("cut_before", "Phantombuster isn't answering; try again in a minute."),
    ],
)
def test_phantombuster_failing_is_one_sentence(wire: Wire, command: str, fault: str, sentence: str):
    wire.phantombuster.fault(fault, times=None)
    wire.slack.command(command)
    assert wire.slack.wait_for(lambda slack: slack.ephemerals("U0ADA") != [], PATIENCE)
    (answer,) = wire.slack.ephemerals("U0ADA")
    assert sentence.lower() in answer.text.lower()


@pytest.mark.parametrize("command", ["status", "output 785", "stop 785"])
def test_without_a_key_the_caller_reads_who_can_add_one(wire: Wire, command: str):
    wire.process.context.keys.remove_key("T0SANDBOX")
    wire.slack.command(command)
    assert told(wire, "his workspace has no Phantombuster key yet", "`/phantom key`")


def test_a_slow_phantombuster_delays_no_acknowledgement(wire: Wire):
    gate = Gate("/api/")
    wire.phantombuster.watch(gate)
    for command in ("status", "output 785", "stop 785", "runs") * 3:
        assert wire.slack.command(command).status == 200
    assert wire.phantombuster.requests == []
    gate.open()


def test_runs_lists_what_was_launched_here_by_whom_and_how_it_ended(wire: Wire):
    wire.slack.command("runs")
    assert told(wire, "Nothing has been launched")
    wire.slack.command(f'launch 908 {{"cookie": "{COOKIE}"}}', user="U0MAX")
    assert wire.says("✅ *Hello World*")
    wire.slack.command("launch 905")
    assert wire.says("❌ *Facebook Group Extractor*")
    wire.slack.command("launch unheard-of")
    assert told(wire, "Nothing was launched: no agent")
    asked = len(wire.phantombuster.requests)
    wire.slack.command("runs")
    assert told(wire, "The last runs launched here:")
    (answer,) = private(wire, "The last runs launched here:")
    head, first, whose, second, other = answer.text.splitlines()
    assert head == "The last runs launched here:"
    assert first.startswith("❌ Facebook Group Extractor (905) · failed with exit code 1")
    assert "<@U0ADA>" in whose
    assert second.startswith("✅ Hello World (908) · finished")
    assert "<@U0MAX>" in other
    ts = wire.slack.messages()[0].ts.replace(".", "")
    assert f"<https://sandbox.slack.com/archives/C0GENERAL/p{ts}|Message>" in other
    assert COOKIE not in answer.text
    assert len(wire.phantombuster.requests) == asked


def test_runs_are_found_by_agent_person_and_failure_and_shown_with_their_output(wire: Wire):
    wire.slack.command("launch 908", user="U0MAX")
    assert wire.says("✅ *Hello World*")
    wire.slack.command("launch 905")
    assert wire.says("❌ *Facebook Group Extractor*")
    wire.slack.command("runs failed @ada 7d")
    assert told(wire, "Failed runs by <@U0ADA> in the last 7 days:", "Facebook Group")
    wire.slack.command("runs @max hello")
    assert told(wire, "Runs of Hello World (908) by <@U0MAX>:")
    (answer,) = private(wire, "Runs of Hello World (908) by <@U0MAX>:")
    wire.slack.press(answer, "listed_output")
    assert told(wire, "Hello World (908) · ended", "Hello, world!")
    wire.slack.command("runs @zed")
    assert told(wire, "Nobody called “@zed” has launched anything here.")


def test_a_database_that_goes_away_is_told(
    make_wire: Callable[..., Wire], postgres_url: str, drop_database: Callable[[str], None]
):
    wire = make_wire(postgres_url)
    wire.start()
    drop_database(postgres_url)
    wire.slack.command("runs")
    assert told(wire, "the database isn't answering")
    wire.slack.command("stop 785")
    assert told(wire, "Nothing was done: the database isn't answering.")
