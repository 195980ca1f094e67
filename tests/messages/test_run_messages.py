from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot import errors
from phantombot.messages.blocks import SECTION_LIMIT, date, duration
from phantombot.messages.endings import ending_line
from phantombot.messages.keys import KEY_PROBLEMS, key_form, key_notice, key_stored
from phantombot.messages.refusals import _OF_A_LAUNCH, refusal
from phantombot.messages.runs import run_message
from phantombot.phantombuster.account import Api, KeyNote
from phantombot.runs.cause import Cause
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run, State

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RUN = Run(
    id=1,
    version=1,
    uid="Zm9yIHRoZSB0ZXN0",
    workspace="T1",
    channel="C1",
    user="U1",
    agent="785",
    quoted=False,
    command="casperjs",
    save=False,
    created_at=NOW,
    state=State.LAUNCHED,
    agent_id="785",
    agent_name="LinkedIn Search",
    sent_at=NOW,
    container_id="1",
)
TITLE = "LinkedIn Search (785)"
BOLD = "*LinkedIn Search*"
AT = date(NOW)


def said(run: Run, after: float = 72) -> str:
    message = run_message(run, NOW + timedelta(seconds=after))
    assert message is not None
    return message.text


def line(run: Run) -> str:
    return said(run).partition("\n")[0]


def below(run: Run) -> str:
    return said(run).partition("\n")[2]


def over(kind: Kind, **known: object) -> Run:
    return replace(RUN, state=State.ENDED, ending=Ending(kind, **known))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"state": State.INTENDED}, f"⏳ {BOLD} · launching"),
        ({"state": State.SENDING}, f"⏳ {BOLD} · launching"),
        (
            {"state": State.SENDING, "lost_at": NOW},
            f"⏳ {BOLD} · the answer to the launch was lost; looking for the run",
        ),
        ({}, f"⏳ {BOLD} · queued"),
        ({"status": "running"}, f"▶️ {BOLD} · running · 1 min 12 s"),
        (
            {"status": "running", "fraction": 0.54, "label": "Scraping page 3"},
            f"▶️ {BOLD} · running 54 % · Scraping page 3 · 1 min 12 s",
        ),
        (
            {"error_since": NOW},
            f"⏳ {BOLD} · Phantombuster hasn't answered for over a minute; still watching",
        ),
        (
            {"error_since": NOW, "last_error": "KeyRejected"},
            (
                f"⏳ {BOLD} · Phantombuster no longer accepts the workspace's key;"
                " an admin can store a new one with `/phantom key`"
            ),
        ),
        (
            {"error_since": NOW, "last_error": "NoKey"},
            (
                f"⏳ {BOLD} · the workspace's key was removed; I'll follow the run again once an"
                " admin stores one with `/phantom key`"
            ),
        ),
        ({"agent_name": None}, "⏳ *785* · queued"),
        ({"agent_name": "  "}, "⏳ *785* · queued"),
        ({"agent_name": "A *bold* name"}, "⏳ *A \u2217bold\u2217 name* · queued"),
    ],
    ids=str,
)
def test_a_run_that_goes_on_is_one_line_of_state(change: dict, expected: str):
    assert line(replace(RUN, **change)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"state": State.SENDING}, "Launched by <@U1> · casperjs"),
        ({"state": State.SENDING, "lost_at": NOW}, f"Launched by <@U1> · casperjs · {AT}"),
        ({}, f"Launched by <@U1> · casperjs · {AT}"),
        ({"command": None}, f"Launched by <@U1> · {AT}"),
        ({"status": "running"}, f"Launched by <@U1> · casperjs · {AT}"),
        ({"error_since": NOW}, f"Launched by <@U1> · casperjs · {AT}"),
        (
            {"source": "alias", "agent": "leads", "command": None},
            f"Launched by <@U1> · alias `leads` · {AT}",
        ),
        ({"source": "form"}, f"Launched by <@U1> · casperjs · from the form · {AT}"),
        ({"source": "again"}, f"Launched by <@U1> · casperjs · Run again · {AT}"),
        ({"source": "saved", "command": None}, f"Launched by <@U1> · saved settings · {AT}"),
        ({"source": "of a later release"}, f"Launched by <@U1> · casperjs · {AT}"),
        ({"save": True}, f"Launched by <@U1> · casperjs · saved as its defaults · {AT}"),
        ({"message_channel": "D1"}, f"Launched by <@U1> · casperjs · {AT} · for <#C1>"),
        (
            {"channel": "D2", "message_channel": "D1"},
            f"Launched by <@U1> · casperjs · {AT} · for a direct message",
        ),
    ],
    ids=str,
)
def test_below_the_line_stands_who_launched_it_and_how(change: dict, expected: str):
    assert below(replace(RUN, **change)) == expected


def test_a_failure_says_the_cause_first_and_the_exit_code_below():
    failed = over(Kind.FAILED, cause="linkedin cookie expired", exit_code=84)
    assert line(failed) == (
        f"❌ {BOLD} · LinkedIn's session cookie expired. Log in to LinkedIn and update the agent's"
        " cookie."
    )
    assert below(failed) == f"Launched by <@U1> · casperjs · {AT} · exit code 84"
    assert ending_line(failed).endswith("update the agent's cookie. · exit code 84")


def test_an_exit_code_of_0_is_told_of_no_success():
    assert "exit code" not in said(over(Kind.SUCCESS, exit_code=0, results=1))


@pytest.mark.parametrize(
    "ending",
    [
        Ending(Kind.STOPPED, stopped_by="U1", seconds=72),
        Ending(Kind.SUCCESS, stopped_by="U1", results=3),
        Ending(Kind.EMPTY, stopped_by="U1"),
    ],
    ids=lambda ending: ending.kind,
)
def test_a_launcher_who_ended_the_run_is_named_once(ending: Ending):
    run = replace(RUN, state=State.ENDED, ending=ending)
    assert said(run).count("<@U1>") == 1
    assert "its launcher" in line(run)
    assert "<@U1>" not in ending_line(run)
    other = replace(run, ending=replace(ending, stopped_by="U2"))
    assert "<@U2>" in line(other)


def test_a_run_that_never_started_has_no_output_to_look_at():
    message = run_message(over(Kind.LAUNCH_FAILED), NOW)
    assert message is not None
    assert "Output" not in message.text
    (row,) = [block for block in message.blocks if block["type"] == "actions"]
    assert [button["text"]["text"] for button in row["elements"]] == ["Run again"]


def test_the_notification_has_all_that_the_message_shows():
    message = run_message(replace(RUN, status="running"), NOW)
    assert message is not None
    state, small_print, _buttons = message.blocks
    shown = f"{state['text']['text']}\n{small_print['elements'][0]['text']}"
    assert message.text == shown


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CANCELLED])
def test_each_kind_of_ending_has_its_words(kind: Kind):
    ending = Ending(
        kind, cause="Unreachable" if kind is Kind.REFUSED else "", candidates=(("1", "One"),)
    )
    assert len(said(replace(RUN, state=State.ENDED, ending=ending))) > 30


def test_a_launch_called_off_by_its_launcher_needs_no_words():
    run = replace(RUN, state=State.ENDED, ending=Ending(Kind.CANCELLED))
    assert run_message(run, NOW) is None


@pytest.mark.parametrize("cause", list(Cause))
def test_each_cause_of_a_failure_has_an_advice_of_its_own(cause: Cause):
    failed = replace(RUN, state=State.ENDED, ending=Ending(Kind.FAILED, cause=cause, exit_code=1))
    others = [
        said(replace(failed, ending=Ending(Kind.FAILED, cause=other, exit_code=1)))
        for other in Cause
        if other is not cause
    ]
    assert said(failed) not in others


@pytest.mark.parametrize(
    "error", errors.PhantombusterError.__subclasses__(), ids=lambda error: error.__name__
)
def test_each_way_in_which_phantombuster_refuses_has_one_sentence(error: type):
    why = _OF_A_LAUNCH[error.__name__]
    assert len(set(_OF_A_LAUNCH.values())) == len(_OF_A_LAUNCH)
    refused = refusal("785", Ending(Kind.REFUSED, cause=error.__name__))
    assert refused == f"nothing was launched: {why}"


def test_a_refusal_that_an_earlier_version_stored_keeps_its_sentence():
    stored, named = (
        Ending(Kind.REFUSED, cause=cause) for cause in ("SealBroken", "DecryptionError")
    )
    assert refusal("785", stored) == refusal("785", named) != refusal("785", Ending(Kind.REFUSED))


HOSTILE = st.sampled_from(
    [
        "<!channel>",
        "<@U999>",
        "<http://evil.test|click>",
        "`",
        "```",
        "&lt;",
        "🦄" * 4000,
        "\n",
        "x",
    ]
) | st.text(max_size=50)


@given(name=HOSTILE, label=HOSTILE, words=HOSTILE, line=HOSTILE)
def test_nothing_said_by_others_becomes_a_mention_a_link_or_too_long(
    name: str, label: str, words: str, line: str
):
    going = replace(RUN, agent_name=name, label=label, status="running", agent=name)
    endings = [Ending(kind, said=words, line=line, candidates=((words, name),)) for kind in Kind]
    runs = [going, *(replace(going, state=State.ENDED, ending=ending) for ending in endings)]
    for run in runs:
        message = run_message(run, NOW)
        if message is None:
            continue
        ours = message.text.replace("<@U1>", "").replace(AT, "")
        assert "<" not in ours
        assert ">" not in ours
        assert ours.count("\n") <= 1
        assert len(message.text) < 2000
        assert all(len(b["text"]["text"]) <= SECTION_LIMIT for b in message.blocks if "text" in b)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (9.9, "9 s"),
        (60, "1 min"),
        (7200, "2 h"),
        (250, "4 min 10 s"),
        (7500, "2 h 5 min"),
        (-3, "0 s"),
    ],
)
def test_durations_are_short_and_rounded_down(seconds: float, expected: str):
    assert duration(seconds) == expected


@pytest.mark.parametrize(
    "view",
    [
        key_form(KeyNote("abcd", "U1", NOW)),
        key_form(None, "oops"),
        key_notice("x"),
        key_stored("a", Api.V1),
    ],
)
def test_the_forms_keep_slacks_limits_and_never_hold_a_key(view: dict):
    assert len(view["title"]["text"]) <= 24
    assert view.get("private_metadata", "") in ("", NOW.isoformat())
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    assert all("initial_value" not in block["element"] for block in inputs)


def test_each_problem_with_a_key_says_that_it_was_not_stored_or_what_to_do():
    assert all("the key wasn't stored" in text or "Copy" in text for text in KEY_PROBLEMS.values())


def test_the_question_before_a_stop_names_the_agent_and_warns():
    running = replace(RUN, state=State.LAUNCHED, status="running")
    message = run_message(running, NOW)
    assert message is not None
    confirm = message.blocks[-1]["elements"][0]["confirm"]
    assert confirm["text"]["text"] == f"This stops every running instance of {TITLE}."
    assert confirm["style"] == "danger"


def test_a_number_that_is_no_id_is_not_told_that_ids_always_work():
    said = refusal("4242", Ending(Kind.NO_AGENT))
    assert (
        said
        == "Nothing was launched: no agent has the id 4242. Check the id, or type the agent's name."
    )
