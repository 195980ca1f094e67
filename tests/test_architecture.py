"""The walls between the rooms."""

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "phantombot"
CORE = (
    "command",
    "command_table",
    "launch_line",
    "agent_line",
    "argument",
    "repair",
    "caret",
    "words",
    "normalize",
    "nearest",
    "alias",
    "alias_line",
    "aliasing",
    "meaning",
    "mention",
    "naming",
    "launching",
    "preparing",
    "following",
    "looking",
    "tick",
    "telling",
    "traffic",
    "detail",
    "console",
    "ending",
    "rows",
    "known_rows",
    "comparing",
    "run",
    "discretion",
    "asking",
    "stopping",
    "access",
    "admission",
    "audit",
    "watch",
    "watch_line",
    "watching",
    "noticing",
    "ends",
    "announcing",
    "alerting",
    "subscribing",
    "roster",
    "known_agents",
    "launch_form",
    "home",
)
ADAPTERS = {
    "slack_bolt": {"slack", "web.py"},
    "slack_sdk": {"slack", "sandbox"},
    "requests": {"phantombuster"},
    "urllib3": {"phantombuster"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "psycopg": set(),
    "procrastinate": {"engine"},
    "cryptography": {"store"},
    "waitress": {"web.py"},
    "prometheus_client": {"exposition.py"},
}


@cache
def imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_a_library_is_used_in_its_own_room_only():
    strangers = {
        f"{file.relative_to(PACKAGE)} uses {library}"
        for file in PACKAGE.rglob("*.py")
        for library in {name.split(".")[0] for name in imports(file)} & ADAPTERS.keys()
        if file.relative_to(PACKAGE).parts[0] not in ADAPTERS[library]
    }
    assert strangers == set()


@pytest.mark.parametrize("room", [*CORE, "messages", "ports"])
def test_the_core_is_handed_what_it_needs(room: str):
    path = PACKAGE / room
    files = list(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    adapters = (
        "phantombot.slack",
        "phantombot.store",
        "phantombot.engine",
        "phantombot.web",
        "phantombot.serving",
        "phantombot.sandbox",
        "phantombot.phantombuster.client",
    )
    reached = {name for file in files for name in imports(file) if name.startswith(adapters)}
    assert reached == set()


def test_nothing_but_the_entry_and_its_tests_knows_the_sandbox():
    users = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if any(name.startswith("phantombot.sandbox") for name in imports(file))
    }
    assert {user.split("/")[0] for user in users} == {"sandbox"}
