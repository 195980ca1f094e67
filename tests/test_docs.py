"""Help, README, manifest and code speak of the same things."""

import json
import re
from pathlib import Path

import pytest

from phantombot.command import COMMANDS, USAGE_HINT, CommandSpec, Help, Launch, parse
from phantombot.messages.commands import help_message
from phantombot.sandbox.trial import FIRST_LINE
from phantombot.settings import read_settings
from phantombot.slack.events import REVOKED, UNINSTALLED
from phantombot.slack.oauth import REDIRECT, SCOPES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MANIFEST = (ROOT / "manifest.yml").read_text()
SCHEMA = ROOT.parent / "shared/schemas/slack-manifest-1.0.0.schema.json"


@pytest.mark.parametrize("spec", COMMANDS, ids=lambda spec: spec.name)
def test_each_command_stands_in_the_readme_and_in_help(spec: CommandSpec):
    usage = spec.usage.replace("|", "\\|")
    assert f"| `/phantom {usage}` | {spec.does} |" in README
    listed = help_message(None).text.replace("&lt;", "<").replace("&gt;", ">")
    assert f"• `/phantom {spec.usage}`: {spec.does}" in listed


@pytest.mark.parametrize("spec", COMMANDS, ids=lambda spec: spec.name)
def test_each_example_is_a_command_of_its_own(spec: CommandSpec):
    assert type(parse(spec.example)).__name__.lower() == spec.name
    assert parse(f"help {spec.name}") == Help(spec.name)


def test_the_readme_lists_no_command_that_does_not_exist():
    listed = re.findall(r"^\| `/phantom (\w+)", README, re.MULTILINE)
    assert listed == [spec.name for spec in COMMANDS]


def test_the_manifests_usage_hint_is_the_commands_own():
    assert f'usage_hint: "{USAGE_HINT}"' in MANIFEST
    assert "should_escape: false" in MANIFEST


def test_the_manifest_names_the_paths_that_are_served():
    named = set(re.findall(r"https://[^/\s]+(/\S+)", MANIFEST))
    assert named == {"/slack/events", f"/{REDIRECT}"}
    web = (ROOT / "phantombot/web.py").read_text()
    assert all(f'"{path}"' in web for path in named)


def listed(name: str) -> list[str]:
    """The manifest's list of that name."""
    found = re.search(rf"^ +{name}:.*\n((?: +- .*\n)+)", MANIFEST, re.MULTILINE)
    assert found is not None
    return re.findall(r"- ([\w:.]+)", found[1])


def test_the_manifest_s_events_are_those_that_are_listened_to():
    assert listed("bot_events") == [UNINSTALLED, REVOKED]
    app = (ROOT / "phantombot/slack/app.py").read_text()
    assert app.count("app.event(") == 1
    assert "for event in (UNINSTALLED, REVOKED):" in app


def test_the_manifest_asks_for_the_scopes_that_the_calls_need_and_no_others():
    assert tuple(listed("bot")) == SCOPES
    assert sorted(SCOPES) == [
        "chat:write",
        "chat:write.public",
        "commands",
        "files:write",
        "users:read",
    ]


def test_the_first_line_shown_is_the_first_line_to_type():
    assert FIRST_LINE in README
    assert isinstance(parse(FIRST_LINE.removeprefix("/phantom ")), Launch)


def test_the_readme_lists_each_setting_that_is_read():
    class Watched(dict):
        def get(self, name: str, default: str = "") -> str:
            asked.add(name)
            return super().get(name, default)

    asked: set[str] = set()
    read_settings(
        Watched(SLACK_SIGNING_SECRET="s" * 16, SLACK_BOT_TOKEN="xoxb-1", PHANTOMBOT_SECRET="s" * 16)
    )
    named = set(re.findall(r"^\| `([A-Z_]+)`", README, re.MULTILINE))
    assert named == asked | {"LOG_FORMAT"}


def test_make_run_and_make_test_are_the_readmes_two_commands():
    makefile = (ROOT / "Makefile").read_text()
    for target in ("run", "test"):
        assert f"    make {target} " in README
        assert f"\n{target}: install" in makefile


def test_the_pinned_packages_are_pinned_exactly_and_once():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().split()
        pinned = [line for line in lines if line not in ("-r", "requirements.txt")]
        assert all(re.fullmatch(r"[\w.\[\]-]+==[\w.]+", line) for line in pinned)


@pytest.mark.skipif(not SCHEMA.exists(), reason="Slack's manifest schema is not at hand")
def test_the_manifest_has_no_section_that_slack_does_not_know():
    known = json.loads(SCHEMA.read_text())["properties"]
    sections = re.findall(r"^(\w+):", MANIFEST, re.MULTILINE)
    assert set(sections) <= set(known)
