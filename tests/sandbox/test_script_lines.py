"""What the lines of a script mean."""

import pytest

from phantombot.errors import SettingsError
from phantombot.sandbox.script.lines import (
    Awaited,
    Closed,
    Entered,
    Line,
    Opened,
    Pressed,
    Step,
    Submitted,
    Typed,
    Used,
    parse_script,
)


@pytest.mark.parametrize(
    ("line", "step"),
    [
        (
            'ada> /phantom launch 785 {"a": 1}',
            Typed("U0ADA", "C0GENERAL", '/phantom launch 785 {"a": 1}'),
        ),
        ("max> hello > you", Typed("U0MAX", "C0GENERAL", "hello > you")),
        ("max in #private-ops> /phantom help", Typed("U0MAX", "C0PRIVATE", "/phantom help")),
        ("gus in @phantombot> status", Typed("U0GUS", "U0GUS", "status")),
        ("ada presses Run again", Pressed("U0ADA", "Run again")),
        ("ada enters Argument: {}", Entered("U0ADA", "Argument", "{}")),
        ("ada enters Argument:", Entered("U0ADA", "Argument", "")),
        ("ada submits", Submitted("U0ADA")),
        ("ada closes", Closed("U0ADA")),
        ("ada opens home", Opened("U0ADA")),
        ("ada uses launch_anywhere", Used("U0ADA", "launch_anywhere")),
        ("wait for finished in", Awaited("finished in")),
    ],
    ids=str,
)
def test_a_line_is_a_step(line: str, step: Step):
    assert parse_script(f"# a remark\n\n  {line}  \n") == [Line(3, step)]


CHANNELS = "#general, #payload-alerts, #private-ops, #old"


def test_every_line_that_is_none_is_told():
    with pytest.raises(SettingsError) as refused:
        parse_script("ada jumps\nada> hello\neve> hello\nada in #cellar> hello\nphantombot> hello")
    assert list(refused.value.problems) == [
        "Line 1 of the script: “ada jumps” is not a step; this is one: ada> /phantom help",
        "Line 3 of the script: nobody here is called eve; there are ada, max, gus.",
        "Line 4 of the script: no channel here is called #cellar; there are " + CHANNELS + ".",
        "Line 5 of the script: nobody here is called phantombot; there are ada, max, gus.",
    ]
