"""Every message the bot can say, as it stands in tests/messages/snapshots/."""

import inspect
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any

import pytest
from messages.rendering import rendered, visible
from messages.sampling import (
    HOSTILE,
    SNAPSHOTS,
    Sample,
    held,
    message_modules,
    samples,
    shown,
    snapshots_of,
)

from phantombot.messages.blocks import File, neutral
from phantombot.messages.installing import WebPage
from phantombot.sandbox.slack.block_kit.rules import faults
from phantombot.sandbox.slack.block_kit.view_rules import view_faults
from phantombot.sandbox.slack.blocks import TOGETHER_MOST, characters

MODULES = message_modules()
LONGEST_TEXT = 4000
"""Slack's advice for `text`."""
ALLOWED = re.compile(
    r"<@[UW][A-Z0-9]+>|<#[CDG][A-Z0-9]+>|<!date\^\d+\^[^<>|]+\|[^<>|]+>|<https?://[^<>|\s]+>"
    r"|<https://phantombuster\.s3\.amazonaws\.com/[^<>|\s]+\|(?:CSV|JSON)>"
    r"|<https://phantombuster\.com/[\w/-]+\|Open at Phantombuster>"
    r"|<https://[\w.-]+\.slack\.com/archives/[\w/?=&;.]+\|Message>"
)
"""What Slack may read as more than text."""
TOLD_BY_FORM = {"actions", "button", "mrkdwn", "plain_text", "raw_text", "section"}
"""Types that a snapshot does not spell out."""
MARK = "the words"
"""Others' words, at their shortest."""
OWN = re.compile(rf"{MARK}|```|\n")
"""What stands between our own words."""
COUNTED = re.compile(r"\*Result\*|Its result, ")
"""Our own words that hang on how long the others' are."""
SAMPLE_NAMES = [f"{one.module}.{one.name}" for one in samples()]


def functions(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """Yield the public functions that return something a user sees; plain text is only a part."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        own = function.__module__ == module.__name__ and not name.startswith("_")
        made = str(function.__annotations__.get("return"))
        if own and any(kind in made for kind in ("Message", "File", "Finding", "dict")):
            yield function


def missing(name: str) -> str:
    return (
        f"tests/messages/snapshots/{name}.txt is not what phantombot/messages/{name}.py says."
        " If the new words are meant: `make snapshots`, and read the difference."
    )


def texts(thing: Any, kind: str = "mrkdwn") -> Iterator[str]:
    """Yield the texts at any depth of a kind; in those of mrkdwn Slack reads its marks."""
    if isinstance(thing, dict):
        if thing.get("type") == kind:
            yield thing["text"]
        for part in thing.values():
            yield from texts(part, kind)
    elif isinstance(thing, list | tuple):
        for part in thing:
            yield from texts(part, kind)


def sent(message: dict[str, Any]) -> dict[str, Any]:
    """Return what Slack is sent: a form and a menu have no `text` but the tests' own."""
    own = {"text"} if message.keys() & {"view", "menu"} else set()
    return {name: part for name, part in message.items() if name not in own}


def strings(thing: Any) -> Iterator[str]:
    """Yield the strings at any depth, but for the types whose form in a snapshot tells them."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, list):
        for part in thing:
            yield from strings(part)
    elif isinstance(thing, dict):
        for name, part in thing.items():
            if name != "type" or part not in TOLD_BY_FORM:
                yield from strings(part)


def stands_in(text: str, one: str) -> bool:
    """Return whether each line of a string stands in the text, or all of it in quotes."""
    quoted = json.dumps(one, ensure_ascii=False)[1:-1]
    return quoted in text or all(visible(line) in text for line in one.split("\n"))


def changed(thing: Any) -> Iterator[Any]:
    """Yield copies of the thing, each with one part at any depth changed or left out."""
    match thing:
        case dict():
            for name, part in thing.items():
                yield {key: value for key, value in thing.items() if key != name}
                yield from ({**thing, name: other} for other in changed(part))
        case list():
            for at, part in enumerate(thing):
                yield thing[:at] + thing[at + 1 :]
                yield from ([*thing[:at], other, *thing[at + 1 :]] for other in changed(part))
        case bool():
            yield not thing
        case int():
            yield thing + 1
        case str():
            yield f"{thing}x"


@pytest.mark.parametrize("name", MODULES)
def test_every_function_that_says_something_has_a_sample(name: str):
    sampled = {one.function for one in samples()}
    unsampled = [one.__name__ for one in functions(MODULES[name]) if one not in sampled]
    first = unsampled[0] if unsampled else ""
    assert not unsampled, (
        f"phantombot/messages/{name}.py: no sample of {', '.join(unsampled)}. For each, write"
        f' sample({first}, "<the situation>", <its arguments>) into SAMPLES of'
        f" tests/messages/samples/{name}.py, then run `make snapshots` and read the difference."
    )


@pytest.mark.parametrize("name", MODULES)
def test_what_is_said_is_what_the_snapshot_holds(name: str):
    said, snapshot = snapshots_of(name, MODULES[name]), held(name)
    assert list(said) == list(snapshot), missing(name)
    for situation, message in said.items():
        assert rendered(message) == snapshot[situation], missing(name)


@pytest.mark.parametrize("name", MODULES)
def test_a_snapshot_holds_every_string_that_is_sent(name: str):
    for situation, message in snapshots_of(name, MODULES[name]).items():
        text = rendered(message)
        absent = [one for one in strings(sent(message)) if not stands_in(text, one)]
        assert absent == [], situation


@pytest.mark.parametrize("name", MODULES)
def test_no_part_of_a_message_can_change_without_its_snapshot(name: str):
    for situation, message in snapshots_of(name, MODULES[name]).items():
        text = rendered(message)
        for other in changed(sent(message)):
            with suppress(LookupError, TypeError, ValueError):  # refused, so noticed
                assert rendered(other) != text, f"{situation}: {other}"


def test_there_is_no_snapshot_of_what_nobody_says_any_more():
    left = {file.stem for file in SNAPSHOTS.glob("*.txt")} - set(MODULES)
    assert not left, "`make snapshots` removes it"


@pytest.mark.parametrize("name", MODULES)
def test_slack_takes_each_of_them_and_reads_no_more_into_it_than_is_meant(name: str):
    for situation, message in snapshots_of(name, MODULES[name]).items():
        assert_taken(message, situation)


@pytest.mark.parametrize("name", MODULES)
def test_what_slack_shows_as_it_is_holds_no_marks(name: str):
    """Labels, options and hints are plain text, in which Slack reads no marks."""
    for situation, message in snapshots_of(name, MODULES[name]).items():
        marked = [text for text in texts(message, "plain_text") if "`" in text]
        assert not marked, f"{situation}: {marked[0]}"


@pytest.mark.parametrize("name", MODULES)
def test_what_blocks_show_stands_in_the_text_for_screen_readers(name: str):
    for situation, message in snapshots_of(name, MODULES[name]).items():
        if message.keys() & {"view", "file"} or len(message["text"]) > LONGEST_TEXT - 500:
            continue
        shown = "\n".join(texts(message["blocks"])).replace("```", "")
        lines = shown.splitlines()
        lines += map(neutral, texts(message["blocks"], "raw_text"))
        assert [line for line in lines if line not in message["text"]] == [], (
            f"{situation}: Slack reads `text` alone to the blind and in notifications, so it has to"
            " hold what the blocks show"
        )


@pytest.mark.parametrize("one", samples(), ids=SAMPLE_NAMES)
def test_no_words_of_others_break_a_message_or_its_limits(one: Sample):
    said = one.made_of_hostile_words()
    if not isinstance(said, File | WebPage | str):
        message = shown(said)
        assert_taken(message, one.name)
        for text in (message["text"], *texts(message["blocks"])):
            assert "U0EVIL>" not in text
            assert "<https://evil.test" not in text


@pytest.mark.parametrize("one", samples(), ids=SAMPLE_NAMES)
@pytest.mark.parametrize("words", [HOSTILE, "long & longer " * 1000], ids=["hostile", "long"])
def test_no_words_of_others_push_out_our_own(one: Sample, words: str):
    """The reason and the next step, above all: others' words are what is cut."""
    brief, said = one.made_of(MARK), one.made_of(words)
    if isinstance(said, File | WebPage | str | list | None):
        return
    told = "\n".join(texts(shown(said)["blocks"]))
    own = {part.strip() for text in texts(shown(brief)["blocks"]) for part in OWN.split(text)}
    assert {part for part in own if part not in told and not COUNTED.match(part)} == set()


def assert_taken(message: dict[str, Any], situation: str) -> None:
    view = message.get("view")
    if "file" in message or _is_page(message):
        return
    assert 0 < len(message["text"]) <= LONGEST_TEXT, situation
    blocks = message["blocks"]
    whole = view and {**view, "blocks": blocks}
    wrong = view_faults(whole, whole["type"]) if whole else faults(blocks, "message")
    assert list(wrong) == [], situation
    assert view or characters(blocks) <= TOGETHER_MOST, situation
    for text in (message["text"], *texts(blocks)):
        assert "<" not in ALLOWED.sub("", text), f"{situation}: {text}"


def _is_page(message: dict[str, Any]) -> bool:
    return message["text"].startswith("<h1>")
