"""`python bot.py sandbox --script`: the whole bot, played by lines and printed as text."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE

from bot import read_script
from phantombot.errors import SettingsError
from phantombot.sandbox.phantombuster import DEFAULT_FORM
from phantombot.sandbox.trial import play

from .conftest import ROOT

SLOW = 5.0
"""Slow enough that a run's progress is seen on a busy machine."""


def indented(page: str) -> str:
    """Return a page's first indented passage."""
    found = re.search(r"\n\n((?:    .*\n|\n(?=    ))+)", (ROOT / page).read_text())
    assert found is not None
    return re.sub(r"^    ", "", found[1], flags=re.MULTILINE)


def steady(text: str) -> str:
    """Return it without the moments of launch and poll, and without links of one form."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "…", text.replace(" · CSV, JSON", ""))
    return re.sub(r"running \d+ % · Scraping page \d\.\. · \d+ s", "running", text)


def played(script: str, form: str = DEFAULT_FORM) -> str:
    lines: list[str] = []
    assert play(script, form, lines.append, SLOW) is None
    return "\n".join(lines)


@pytest.mark.parametrize("form", ["later", "today"])
def test_the_readmes_transcript_is_what_its_script_prints(form: str):
    shown = steady(indented("README.md")).rstrip()
    printed = steady(played(indented("docs/sandbox-scripts.md"), form))
    message, thread = printed[: len(shown)], printed[len(shown) :]
    assert message == shown
    assert re.match(r"\n +└ 120 results\n", thread)
    assert re.search(r"\n +Last lines of the console\n", thread)


def test_buttons_are_pressed_and_forms_filled_in():
    printed = played(
        "ada> /phantom key\n"
        "ada enters API key: sandbox-key-0123456789\n"
        "ada submits\n"
        "wait for Stored\n"
        "ada closes\n"
        "max> /phantom launch 905\n"
        "wait for failed\n"
        "max presses Output\n"
        "max in @phantombot> /phantom help launch"
    )
    assert "ada          (API key: sandbox-key-0123456789)" in printed
    assert "phantombot   [Phantombuster key]" in printed
    assert "max          [Output]" in printed
    assert "(only max sees this)" in printed
    assert "(to max alone) `/phantom launch" in printed


@pytest.mark.parametrize(
    ("script", "code", "sentence"),
    [
        ("ada> /phantom help", 0, ""),
        ("ada presses Stop", 1, "Line 1 of the script: there is no button “Stop” to press."),
        ("eve> hello", 2, "Line 1 of the script: nobody here is called eve"),
    ],
)
def test_the_exit_code_says_whether_all_was_played(script: str, code: int, sentence: str):
    ended = run("-", script)
    assert (ended.returncode, sentence in ended.stderr) == (code, True), ended.stderr
    assert ended.stderr.count("\n") == bool(sentence)


def test_a_line_that_cannot_be_played_ends_the_script():
    lines: list[str] = []
    script = "ada> /phantom help\nada submits\nada> /phantom runs"
    assert play(script, DEFAULT_FORM, lines.append) == "Line 2 of the script: no form is open."
    assert "/phantom runs" not in "\n".join(lines[-1:])


def test_a_script_that_cannot_be_read_is_one_sentence(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"The script \S+none\.script cannot be read: .*\.$"):
        read_script(str(tmp_path / "none.script"))


def run(name: str, script: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bot.py", "sandbox", "--script", name],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        input=script,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
