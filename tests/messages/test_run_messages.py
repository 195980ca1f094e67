from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot import errors
from phantombot.messages.blocks import SECTION_LIMIT, duration
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


def said(run: Run, after: float = 72) -> str:
    message = run_message(run, NOW + timedelta(seconds=after))
    assert message is not None
    return message.text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"state": State.INTENDED}, f"⏳ {TITLE} · launching · launched by <@U1> with casperjs"),
        ({"state": State.SENDING}, f"⏳ {TITLE} · launching · launched by <@U1> with casperjs"),
        (
            {"state": State.SENDING, "lost_at": NOW},
            f"⏳ {TITLE} · the answer to the launch was lost; looking for the run · <@U1>",
        ),
        ({}, f"⏳ {TITLE} · queued · launched by <@U1> with casperjs"),
        ({"command": None}, f"⏳ {TITLE} · queued · launched by <@U1>"),
        ({"status": "running"}, f"▶️ {TITLE} · running · 1 min 12 s · <@U1>"),
        (
            {"status": "running", "fraction": 0.54, "label": "Scraping page 3"},
            f"▶️ {TITLE} · running 54 % · Scraping page 3 · 1 min 12 s · <@U1>",
        ),
        (
            {"error_since": NOW},
            f"⏳ {TITLE} · Phantombuster hasn't answered for over a minute; still watching · <@U1>",
        ),
        (
            {"error_since": NOW, "last_error": "KeyRejected"},
            (
                f"⏳ {TITLE} · Phantombuster no longer accepts the workspace's key;"
                " an admin can store a new one with `/phantom key` · <@U1>"
            ),
        ),
        (
            {"error_since": NOW, "last_error": "NoKey"},
            (
                f"⏳ {TITLE} · the workspace's key was removed; I'll follow the run again once an"
                " admin stores one with `/phantom key` · <@U1>"
            ),
        ),
        ({"agent_name": None}, "⏳ 785 · queued · launched by <@U1> with casperjs"),
        (
            {"message_channel": "D1"},
            f"⏳ {TITLE} · queued · launched by <@U1> with casperjs · for <#C1>",
        ),
        (
            {"channel": "D2", "message_channel": "D1"},
            f"⏳ {TITLE} · queued · launched by <@U1> with casperjs · for a direct message",
        ),
    ],
    ids=str,
)
def test_a_run_that_goes_on_is_one_line(change: dict, expected: str):
    assert said(replace(RUN, **change)) == expected


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
        ours = message.text.replace("<@U1>", "").replace("<#C1>", "")
        assert "<" not in ours
        assert ">" not in ours
        assert "\n" not in ours
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
