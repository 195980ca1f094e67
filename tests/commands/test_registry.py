"""What each registered subcommand has: its row and line, its parser, its handlers, who may."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from messages.sampling import sample
from stage import Stage, asker

from phantombot.commands import ACTIONS, REGISTRY, names, specs
from phantombot.commands.help import Help
from phantombot.commands.parse import parse
from phantombot.commands.permission import Permission
from phantombot.commands.spec import Subcommand, perform
from phantombot.messages import commands as words
from phantombot.messages.help import Reader, help_message, help_on
from phantombot.slack.payload import Invocation

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
GUIDE = (ROOT / "CONTRIBUTING.md").read_text()

each = pytest.mark.parametrize("subcommand", REGISTRY, ids=lambda one: one.spec.name)


@each
def test_a_subcommand_stands_in_the_readme_and_in_help(subcommand: Subcommand):
    spec = subcommand.spec
    usage = spec.usage.replace("|", "\\|")
    assert f"| `/phantom {usage}` | {spec.does} |" in README
    assert f"`{spec.name}` {spec.brief}" in help_message(specs(), Reader()).text.splitlines()
    explained = help_on(spec, Reader()).text.replace("&lt;", "<").replace("&gt;", ">")
    assert f"*`/phantom {spec.usage}`*\n{spec.does[0].upper()}{spec.does[1:]}." in explained
    assert parse(f"help {spec.name}") == Help(spec.name)


@each
def test_a_subcommand_has_a_parser_a_handler_and_who_may(subcommand: Subcommand):
    spec = subcommand.spec
    asked = parse(spec.example)
    assert asked == subcommand.read(spec.example.removeprefix(spec.name).lstrip())
    assert type(asked).__name__.lower() == spec.name
    action = subcommand.actions[type(asked)]
    assert ACTIONS[type(asked)] is action
    assert callable(action.answer)
    assert isinstance(spec.who, Permission)
    assert action.who == spec.who


@each
def test_usage_and_example_begin_with_the_name(subcommand: Subcommand):
    spec = subcommand.spec
    assert {spec.usage.split()[0], spec.example.split()[0]} == {spec.name}


def test_the_readme_lists_the_registry_in_its_order():
    assert re.findall(r"^\| `/phantom (\w+)", README, re.MULTILINE) == list(names())


def test_no_two_subcommands_share_a_word_or_what_is_read():
    words = [word for spec in specs() for word in (spec.name, *spec.others)]
    assert len(words) == len(set(words))
    assert len(ACTIONS) == sum(len(subcommand.actions) for subcommand in REGISTRY)


def run(code: str, **given: Any) -> dict[str, Any]:
    """Return what a module of this code, and of what is given, holds."""
    made = {"__name__": "about", **given}
    exec(code, made)  # noqa: S102 - the guide's own
    return made


def test_the_guides_example_of_a_subcommand_works_as_it_stands(stage: Stage):
    section = GUIDE.partition("## Add a subcommand")[2].partition("\n## ")[0]
    module, said = [
        dedent(code) for code in re.findall(r"(?: {7}.*\n|\n)+", section) if code.strip()
    ]
    about = run(said, sample=sample, **vars(words))["about"]
    imported = "from phantombot.messages.commands import Group, about\n"
    assert imported in module
    subcommand = run(module.replace(", about", ""), about=about)["ABOUT"]
    asked = subcommand.read("")
    action = subcommand.actions[type(asked)]
    assert perform(stage.context, Invocation(asker(), "1"), action, asked) == about()
