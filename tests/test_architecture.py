"""The walls between the rooms, and the direction of their imports."""

import ast
from functools import cache
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "phantombot"

STORES = (
    "database",
    "access/api_keys.py",
    "access/audit_store.py",
    "access/rules_store.py",
    "agents/alias_store.py",
    "agents/catalog_store.py",
    "runs/known_rows_store.py",
    "runs/recent_store.py",
    "runs/request_store.py",
    "runs/ring_store.py",
    "runs/stop_store.py",
    "runs/store.py",
    "runs/store_rows.py",
    "slack/installation_store.py",
    "watches/notice_store.py",
    "watches/store.py",
    "worker/channel_store.py",
    "worker/home_store.py",
    "worker/welcome_store.py",
)
LIBRARIES = {
    "slack_bolt": ("listeners", "slack", "web.py"),
    "slack_sdk": ("slack", "sandbox"),
    "requests": ("phantombuster",),
    "urllib3": ("phantombuster",),
    "sqlalchemy": (*STORES, "database_url.py"),
    "alembic": ("database",),
    "psycopg": ("database",),
    "procrastinate": ("worker/queue",),
    "cryptography": ("database",),
    "waitress": ("http_server.py",),
    "prometheus_client": ("metrics_text.py",),
}

# A line imports only from lines below it. `context` is not in it: it names the types of
# every room for the type checker, and loads none of them.
LINES = (
    ("processes",),
    ("doctor", "operations", "reachability"),
    ("bootstrap", "http_server", "web", "webhooks"),
    ("listeners",),
    ("commands", "worker"),
    ("slack",),
    ("messages",),
    ("watches",),
    ("runs",),
    ("agents",),
    ("access",),
    ("phantombuster", "database"),
    ("config", "config_values", "database_url"),
    ("errors", "logs", "metrics", "metrics_text", "signals", "sockets", "text"),
    ("fair_pool", "http_headers", "threads", "tls"),
)
HEIGHT = {room: -height for height, line in enumerate(LINES) for room in line}
BESIDE = {"commands": "worker", "worker": "commands"}


@cache
def imports(file: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def place(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


def room(file: Path) -> str:
    return place(file).split("/")[0].removesuffix(".py")


def rooms_imported(file: Path) -> set[str]:
    names = [name.split(".") for name in imports(file)]
    return {parts[1] for parts in names if parts[0] == "phantombot" and len(parts) > 1}


def points_upwards(here: str, there: str) -> bool:
    return HEIGHT.get(there, -99) > HEIGHT[here] or BESIDE.get(here) == there


def within(file: Path, places: tuple[str, ...]) -> bool:
    return any(place(file) == name or place(file).startswith(f"{name}/") for name in places)


MODULES = sorted(PACKAGE.rglob("*.py"))


def test_a_library_is_used_in_its_own_room_only():
    strangers = {
        f"{place(file)} uses {library}"
        for file in MODULES
        for library in {name.split(".")[0] for name in imports(file)} & LIBRARIES.keys()
        if not within(file, LIBRARIES[library])
    }
    assert strangers == set()


@pytest.mark.parametrize("name", sorted(set(chain(*LIBRARIES.values()))))
def test_every_place_that_is_allowed_a_library_is_there(name: str):
    assert (PACKAGE / name).exists()


def test_every_module_stands_on_a_line():
    known = HEIGHT.keys() | {"__init__", "context", "sandbox"}
    assert {room(file) for file in MODULES} - known == set()


def test_a_room_imports_only_from_the_lines_below_it():
    found = {
        (place(file).removesuffix(".py"), there)
        for file in MODULES
        if room(file) in HEIGHT
        for there in rooms_imported(file)
        if points_upwards(room(file), there)
    }
    assert found == set()


def loaded_with(file: Path) -> set[str]:
    """Return the modules of ours that are loaded with this one: not what a function imports."""
    body = ast.parse(file.read_text()).body
    known = {name_of(module) for module in MODULES}
    found: set[str] = set()
    for node in (node for node in body if isinstance(node, ast.ImportFrom)):
        named = {f"{node.module}.{alias.name}" for alias in node.names}
        found |= named & known or {node.module or ""} & known
    return found


def name_of(file: Path) -> str:
    inside = file.relative_to(PACKAGE.parent).with_suffix("").as_posix().replace("/", ".")
    return inside.removesuffix(".__init__")


def test_no_module_is_loaded_by_way_of_itself():
    graph = {name_of(file): loaded_with(file) - {name_of(file)} for file in MODULES}
    assert {"phantombot.worker.launch", "phantombot.runs.admit"} <= graph.keys()
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_slack_as_a_service_knows_no_run_and_no_watch():
    users = {
        place(file)
        for file in MODULES
        if room(file) == "slack" and rooms_imported(file) & {"runs", "watches"}
    }
    assert users == set()


def test_nothing_but_the_entry_and_its_tests_knows_the_sandbox():
    users = {room(file) for file in MODULES if "sandbox" in rooms_imported(file)}
    assert users == {"sandbox"}
