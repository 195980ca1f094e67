"""One day's script, played on each form of API v1 and on v2: the channel reads the same."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from phantombot.sandbox.phantombuster import FORMS, Form
from phantombot.sandbox.trial import play

DAY = """
max> /phantom help launch
max> /phantom agents linkedin
ada> /phantom launch 785 {"search": "cto berlin"}
wait for LinkedIn Search · finished
max> /phantom launch LinkedIn Profile Scraper profiles=10 premium:=false
wait for LinkedIn Profile Scraper · finished
ada> /phantom alias followers 901 {“account”: “acme”}
ada> /phantom alias
max> /phantom launch followers
wait for Twitter Followers · finished
max> /phantom output followers
ada> /phantom launch Twitter Followers
ada> /phantom launch 4711
wait for no agent has the id 4711
ada> /phantom launch 785 {"search": "cto
max> /phantom launch google maps
wait for Google Maps Extractor · running
ada> /phantom status
ada> /phantom status 903
ada> /phantom stop 903
ada presses Keep it running
ada> /phantom stop google
ada presses Stop it
wait for Scrolling the map
max> /phantom stop 903
max> /phantom launch 905
wait for to see its console
max> /phantom output 905
max> /phantom launch sales navigator export
wait for cookie expired
max> /phantom launch 904 ```{"tag": "sales"}```
wait for Instagram Hashtag Collector · finished
max> /phantom launch 907
wait for did not start
max> /phantom status 907
ada> /phantom watch 908 success
ada> /phantom watches
ada> /phantom unwatch 908
max> /phantom runs
ada presses Run again
wait for Draft without script · launching
max> /phantom launch followers
wait for Twitter Followers · launching
ada> /phantom unalias followers
max> /phantom launch linkedin serch
"""
V1 = ("2014", "2014-11", "2015", "2017", "later", "today")
OF_2014 = V1[:2]

STEADY = (
    (r"Container \w+ started in .*", "Container … started"),
    (r"(result-\d+-)\d+", r"\1…"),
    (r"(\(exit code: \d+\)) \(.*\)", r"\1"),
    (r"just now|\d+ min ago", "lately"),
    (r"\b(in|after) (\d+ min )?\d+ s\b", r"\1 … s"),
    (r"\d+ h \d+ min of execution", "… of execution"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d", "…"),
    (r".*Scrolling the map: .*\n", ""),
    (r".*Looking for “linkedin serch” at Phantombuster\..*\n", ""),
    (r".*No agent in the account's list has the id 4711, but.*\n", ""),
    (r"· running( \d+ %)?( · Square \d of 9)?( · \d+ s)?", "· running"),
)
"""What is of the moment: ids, times, how far a run has come, and how old the list of agents is."""


@dataclass(frozen=True)
class Difference:
    """What one API says instead of the other; an empty pattern stands for nothing at all."""

    reason: str
    v1: str
    v2: str
    forms: tuple[str, ...] = V1


DIFFERENCES = (
    Difference("v2 has no engines: in the usage", r" \[casperjs\|phantomjs\]", ""),
    Difference("nor in the words of help", r" *• \*?casperjs.*\n", ""),
    Difference("nor beside the argument", r"saves the command and argument", "saves the argument"),
    Difference(
        "nor among the saved settings", r"without command and argument,", "without an argument,"
    ),
    Difference("only v2 tells the account's id, of which links are made", "", r" · Open at Ph\w+"),
    Difference(
        "only v2 tells the folders in which an agent saves its results",
        "",
        r" *If it has saved results, they are here: CSV, JSON\. Whoever has a link .*\n",
    ),
    Difference(
        "v2 asks a script to end by itself, so that it saves what it has",
        r"Stopped: Google Maps Extractor \(903\), 1 running instance\.",
        r"Asked to end by itself: Google Maps Extractor \(903\), 1 running instance\..*",
    ),
    Difference(
        "a script that ended by itself has finished; v2 has no lastEndMessage (Agent killed)",
        r"⏹️ Google Maps Extractor · stopped by @ada after … s · Agent killed",
        r"✅ Google Maps Extractor · finished in … s · @ada asked it to end · 180 results",
    ),
    Difference(
        "the same, among the last runs",
        r"⏹️ Google Maps Extractor \(903\) · stopped in … s",
        r"✅ Google Maps Extractor \(903\) · finished in … s · 180 results",
    ),
    Difference(
        "the same, in its thread",
        r"Last lines of the console(\n(?! *└).*)*?\n +\* Process killed",
        r"180 results(\n.*){2}(\n +Café .*)+\n +Last lines of the console"
        r"(\n(?! *└).*)*?\n +\* Process finished successfully \(exit code: 0\)",
    ),
    Difference("the same: the file of the result", "", r" *└ 📎 result-903-.*\n"),
    Difference(
        "v2 has no lastEndMessage, which says why a run did not start",
        r"did not start · The agent has no script\. .* · “Agent has no associated script”",
        r"did not start · the cause is unknown; check the agent at Phantombuster",
    ),
    Difference(
        "the same, asked for later: v2 calls the end of such a run unknown",
        r"Last run: launch failed · “Agent has no associated script”",
        r"Last run: unknown outcome\.",
    ),
    Difference(
        "the forms of 2014 return no results, so that nothing is counted",
        "",
        r" · \d+ results(, \d+ new)?",
        OF_2014,
    ),
    Difference(
        "nor shown as a table",
        "",
        r"(?<=└ )\d+ results(, .*)?\n( +Shown .*\n)?( +.* · .*\n| +screenName\n| +follower_\d+\n)++"
        r" +(?=Last lines)",
        OF_2014,
    ),
    Difference("nor given as a file", "", r" *└ 📎 result-.*\n", OF_2014),
    Difference("nor offered as a file", "", r"  \[Export as CSV\]", OF_2014),
    Difference(
        "nor known to be empty",
        r"✅ (Instagram Hashtag Collector( \(904\))?) · finished in … s",
        r"⚠️ (Instagram Hashtag Collector( \(904\))?) · "
        r"(finished in … s, but returned nothing|returned nothing in … s)",
        OF_2014,
    ),
    Difference(
        "nor shown by `output`",
        r"This version of Phantombuster's API returns no results\.",
        r"It has no result\.|Its result, 40 results.*\n +screenName(\n +follower_\d+)+",
        OF_2014,
    ),
)


@pytest.mark.parametrize("form", V1)
def test_a_day_reads_the_same_on_v1_and_on_v2_but_where_v2_cannot(
    form: str, once: Callable[[str, Callable[[], str]], str]
):
    beside = replace(FORMS["v2"], wire_of_today=FORMS[form].wire_of_today)
    v2 = once(f"day-v2-{beside.wire_of_today}", lambda: played(beside))
    v1 = played(form)
    assert alike(v1, "v1", form) == alike(v2, "v2", form)


def test_the_day_has_thirty_lines_and_more():
    assert sum(bool(line) and not line.startswith("wait for") for line in DAY.splitlines()) > 30


def played(form: Form | str) -> str:
    lines: list[str] = []
    assert play(DAY, form, lines.append) is None
    text = "\n".join([*lines, ""])
    for pattern, steady in STEADY:
        text = re.sub(pattern, steady, text)
    return text


def alike(text: str, api: str, form: str) -> str:
    """Return the text with known differences replaced by reasons, and sorted within each step."""
    for one in DIFFERENCES:
        pattern = getattr(one, api) if form in one.forms else ""
        if pattern:
            text, found = re.subn(pattern, f"[{one.reason}]" if one.v1 and one.v2 else "", text)
            assert found, f"nothing is like {pattern}"
    passages = (map(_said, passage.splitlines()) for passage in text.split("\n\n"))
    return "\n\n".join("\n".join(sorted(lines)) for lines in passages)


def _said(line: str) -> str:
    """Return the line without who says it, which stands before the first of several."""
    return line.removeprefix("phantombot").strip()
