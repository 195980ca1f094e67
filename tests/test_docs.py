"""Help, README, manifest and code speak of the same things."""

import json
import re
from pathlib import Path

import pytest
from slack_bolt.request import BoltRequest
from slack_bolt.response import BoltResponse

import bot
from phantombot.commands.launch import USAGE_HINT
from phantombot.commands.launch_line import Launch
from phantombot.commands.parse import parse
from phantombot.commands.watch import Watch
from phantombot.config import (
    EXAMPLE_ADDRESS,
    PHANTOMBUSTER_API_URL,
    RUNS_KEPT,
    SLACK_API_URL,
    read_settings,
)
from phantombot.listeners.app import build_app
from phantombot.listeners.launch_form import LAUNCH_ANYWHERE, LAUNCH_WITH_TEXT, SHORTCUTS
from phantombot.sandbox.first_steps import FIRST_STEPS
from phantombot.sandbox.phantombuster import DEFAULT_FORM
from phantombot.slack.manifest import made_out
from phantombot.slack.oauth import REDIRECT
from phantombot.slack.scopes import EVENTS, SCOPES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = sorted((ROOT / "docs").glob("*.md"))
GUIDES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES)
PLACES = (ROOT, ROOT / "phantombot")
LINKING = (*GUIDES, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs/decisions").glob("*.md")))
MANIFEST = (ROOT / "manifest.yml").read_text()
APP = json.loads((ROOT / "app.json").read_text())
SCHEMA = ROOT.parent / "shared/schemas/slack-manifest-1.0.0.schema.json"


def test_the_manifests_usage_hint_is_the_commands_own():
    assert f'usage_hint: "{USAGE_HINT}"' in MANIFEST
    assert "should_escape: false" in MANIFEST


def test_the_manifest_names_the_paths_that_are_served():
    named = set(re.findall(r"https://[^/\s]+(/\S+)", MANIFEST))
    assert named == {"/slack/events", f"/{REDIRECT}"}
    assert set(re.findall(r"https://[^/\s]+(?=/)", MANIFEST)) == {EXAMPLE_ADDRESS}
    web = (ROOT / "phantombot/web.py").read_text()
    assert all(f'"{path}"' in web for path in named)


def test_the_manifest_has_the_one_command_that_is_listened_to():
    listened = (ROOT / "phantombot/listeners/app.py").read_text()
    commands = re.findall(r"^    - command: (\S+)", MANIFEST, re.MULTILINE)
    assert commands == re.findall(r'app\.command\("([^"]+)"\)', listened) == ["/phantom"]


def listed(name: str) -> list[str]:
    """Return the manifest's list of that name."""
    found = re.search(rf"^ +{name}:.*\n((?: +- .*\n)+)", MANIFEST, re.MULTILINE)
    assert found is not None
    return re.findall(r"- ([\w:.]+)", found[1])


def test_the_manifest_s_shortcuts_are_those_that_are_listened_to():
    named = re.findall(r"type: (\w+)\n +callback_id: (\w+)", MANIFEST)
    assert named == [("global", LAUNCH_ANYWHERE), ("message", LAUNCH_WITH_TEXT)]
    assert set(SHORTCUTS) == {LAUNCH_ANYWHERE, LAUNCH_WITH_TEXT}
    names = re.findall(r"- name: (.+)", MANIFEST)
    buttons = (ROOT / "docs/buttons.md").read_text()
    assert all(len(name) <= 24 and f"**{name}**" in buttons for name in names)


def test_slack_asks_for_the_choices_of_menus_where_it_sends_everything_else():
    urls = re.findall(
        r"^ +(?:request_url|message_menu_options_url|url): (\S+)", MANIFEST, re.MULTILINE
    )
    assert urls == [f"{EXAMPLE_ADDRESS}/slack/events"] * 4


def test_the_manifest_s_events_are_those_that_are_listened_to():
    assert listed("bot_events") == list(EVENTS)
    app = build_app("s" * 16, None)
    nothing = BoltResponse(status=200)
    heard = {name.partition(".")[0] for name in EVENTS}
    for name in (*heard, "reaction_added"):
        event = {"type": "event_callback", "event": {"type": name, "bot_id": "B1"}}
        request = BoltRequest(body=event, mode="socket_mode")
        matched = [one for one in app._listeners if one.matches(req=request, resp=nothing)]
        # The first that matches hears it; the last one hears whatever no other does.
        assert (matched[0] is not app._listeners[-1]) is (name in heard)


def test_the_manifest_has_the_home_tab_that_is_drawn_and_the_messages_that_are_sent():
    assert "home_tab_enabled: true" in MANIFEST
    assert "messages_tab_enabled: true" in MANIFEST


def test_the_manifest_asks_for_the_scopes_that_the_calls_need_and_no_others():
    assert listed("bot") == list(SCOPES)


def test_the_first_line_shown_is_the_first_line_to_type():
    assert FIRST_STEPS[0].line in README
    assert FIRST_STEPS[0].line in (ROOT / "docs/sandbox-scripts.md").read_text()


def test_each_line_of_a_first_visit_is_a_command():
    typed = [step.line.removeprefix("/phantom ") for step in FIRST_STEPS if step.line]
    assert [type(parse(line)) for line in typed] == [Launch, Launch, Watch]


def settings_read() -> set[str]:
    """Return the names that are asked of the environment, and served."""

    class Watched(dict):
        def get(self, name: str, default: str = "") -> str:
            asked.add(name)
            return super().get(name, default)

    asked: set[str] = set()
    read_settings(
        Watched(SLACK_SIGNING_SECRET="s" * 16, SLACK_BOT_TOKEN="xoxb-1", PHANTOMBOT_SECRET="s" * 16)
    )
    return asked | {"LOG_FORMAT"}


def test_each_setting_that_is_read_has_a_row_with_its_default():
    page = (ROOT / "docs/configuration.md").read_text()
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", page, re.MULTILINE))
    assert set(rows) == settings_read()
    assert rows["SLACK_API_URL"] == f"`{SLACK_API_URL}`"
    assert rows["PHANTOMBUSTER_API_URL"].startswith(f"`{PHANTOMBUSTER_API_URL}`")
    assert rows["RUNS_KEPT_DAYS"] == str(RUNS_KEPT.days)


def test_heroku_is_told_of_each_setting_that_it_does_not_make_itself():
    described = APP["env"]
    assert set(described) == settings_read() - {"PORT", "DATABASE_URL"}
    assert described["PHANTOMBOT_SECRET"]["generator"] == "secret"
    for name, default in (
        ("PHANTOMBUSTER_API_URL", PHANTOMBUSTER_API_URL),
        ("SLACK_API_URL", SLACK_API_URL),
        ("RUNS_KEPT_DAYS", str(RUNS_KEPT.days)),
    ):
        assert described[name]["value"] == default


def test_heroku_starts_what_the_procfile_names():
    commands = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    assert set(APP["formation"]) == set(commands) - {"release"}
    assert APP["addons"] == ["heroku-postgresql"]
    assert all(command.startswith("python bot.py ") for command in commands.values())


def test_heroku_finds_exactly_one_list_of_packages():
    lists = ("requirements.txt", "uv.lock", "poetry.lock", "Pipfile.lock", "Pipfile")
    assert [name for name in lists if (ROOT / name).exists()] == ["requirements.txt"]
    assert re.fullmatch(r"3\.\d+\n", (ROOT / ".python-version").read_text())
    assert not (ROOT / "runtime.txt").exists()


def test_the_guides_name_the_words_that_the_entry_knows():
    guides = "\n".join(path.read_text() for path in GUIDES)
    named = set(re.findall(r"bot\.py ([a-z]+)", guides))
    assert named == set(bot.COMMANDS)


def test_the_entrys_help_has_a_line_for_each_command(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        bot.main(["--help"])
    assert ended.value.code == 0
    told = re.findall(
        r"^  (\S+) +\S.*", capsys.readouterr().out.partition("positional")[0], re.MULTILINE
    )
    assert told == ["(none)", *bot.COMMANDS]


def test_the_guide_names_the_sandbox_s_default_form_and_all_others():
    page = (ROOT / "docs/try-it.md").read_text()
    assert f"Without `--form` it is `{DEFAULT_FORM}`." in page
    assert tuple(re.findall(r"^\| `([\w-]+)`", page, re.MULTILINE)) == bot.FORMS


def test_the_readme_is_read_in_90_seconds():
    assert len(README.splitlines()) < 120


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_page_begins_with_the_question_that_it_answers(page: Path):
    first, blank, *_ = page.read_text().splitlines()
    assert re.fullmatch(r"# [A-Z][^?.]*\?", first)
    assert blank == ""


def test_the_index_has_each_page_by_its_question():
    index = (ROOT / "docs/README.md").read_text()
    told = dict(re.findall(r"^\| (.*\?) \| \[(.*\.md)\]\(\2\)", index, re.MULTILINE))
    asked = {page.name: page.read_text().splitlines()[0].removeprefix("# ") for page in PAGES}
    asked.pop("README.md")
    assert {name: question for question, name in told.items()} == asked


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", LINKING, ids=lambda page: page.name)
def test_each_relative_link_leads_somewhere(page: Path):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    for link in links:
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md", "docs/wording.md"])
def test_each_file_that_the_guides_name_is_there(name: str):
    named = set(re.findall(r"`([a-z_0-9]+/[a-z_0-9/]*(?:\.py)?)`", (ROOT / name).read_text()))
    assert [one for one in named if not any((at / one).exists() for at in PLACES)] == []


def test_the_guide_lists_each_call_to_phantombuster():
    client = ROOT / "phantombot/phantombuster"
    in_v1 = re.findall(r'"/?(user|output|containers|launch|abort)"', (client / "v1.py").read_text())
    in_v2 = re.findall(r'"((?:agents|containers|orgs)/[a-z-]+)"', (client / "v2.py").read_text())
    guide = (ROOT / "docs/architecture.md").read_text()
    listed = re.findall(r"^\| `(?:(?:GET|POST) )?(\S+)` \|", guide, re.MULTILINE)
    assert {one.removeprefix("agent/<id>/") for one in listed} >= {*in_v1, *in_v2}
    assert len({*in_v1, *in_v2}) == 14


def test_the_deploy_button_names_the_repository_that_the_guides_clone():
    (button,) = re.findall(r"\(https://www\.heroku\.com/deploy\?template=(\S+)\)", README)
    assert re.fullmatch("<repository>|https://.+", button)
    for page in (ROOT / "README.md", ROOT / "docs/heroku.md", ROOT / "docs/server.md"):
        assert f"git clone {button} " in page.read_text()


def test_each_picture_is_there_and_small():
    shown = {
        page.parent / path
        for page in GUIDES
        for path in re.findall(
            r"""(?:srcset="|src="|\]\()([\w/.-]+\.(?:png|gif|webp))""", page.read_text()
        )
    }
    made = set((ROOT / "docs" / "pictures").iterdir())
    assert shown <= made
    assert all(picture.stat().st_size < 700_000 for picture in made)


def test_make_run_and_make_test_are_the_readmes_two_commands():
    makefile = (ROOT / "Makefile").read_text()
    for target, installed in (("run", "install"), ("test", "install-dev")):
        assert f"    make {target} " in README
        assert f"\n{target}: {installed}\n" in makefile


def test_to_run_installs_nothing_that_only_developing_needs():
    makefile = (ROOT / "Makefile").read_text()
    (recipe,) = re.findall(r"^\$\(VENV\)/installed: (.*\n(?:\t.*\n)+)", makefile, re.MULTILINE)
    assert "--requirement requirements.txt\n" in recipe
    assert "requirements-dev.txt" not in recipe


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


@pytest.mark.skipif(not SCHEMA.exists(), reason="Slack's manifest schema is not at hand")
@pytest.mark.parametrize("socket", [False, True], ids=["by address", "by socket"])
def test_each_key_of_the_manifest_stands_where_slacks_schema_has_it(socket: bool):
    schema = json.loads(SCHEMA.read_text())
    made = made_out(MANIFEST, "", socket=socket)
    unknown = [path for path in paths(made) if not _known(schema, schema, path)]
    assert unknown == []


def paths(manifest: str) -> list[list[str]]:
    """Return the path of each key, by its indentation; our manifest is written in no other way."""
    found: list[list[str]] = []
    above: list[tuple[int, str]] = []
    for line in manifest.splitlines():
        key = re.match(r"^( *(?:- )?)(\w+):(?: |$)", line)
        if key:
            depth = len(key[1])
            above = [*(one for one in above if one[0] < depth), (depth, key[2])]
            found.append([name for _, name in above])
    return found


def _known(schema: dict, part: dict, path: list[str]) -> bool:
    """Return whether some reading of this part of the schema has such a key."""
    if "$ref" in part:
        where = schema
        for name in part["$ref"].removeprefix("#/").split("/"):
            where = where[name]
        return _known(schema, where, path)
    choices = [*part.get("anyOf", []), *part.get("allOf", []), *part.get("oneOf", [])]
    if any(_known(schema, choice, path) for choice in choices):
        return True
    if "items" in part:
        return _known(schema, part["items"], path)
    if not path:
        return True
    inner = part.get("properties", {}).get(path[0])
    return inner is not None and _known(schema, inner, path[1:])
