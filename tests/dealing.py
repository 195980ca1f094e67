"""How tests are dealt to processes, so that few cores are busy to the end."""

from collections.abc import Generator
from operator import itemgetter
from zlib import crc32

import pytest
from hypothesis import strategies as st
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling


def pytest_collection(session: pytest.Session) -> None:
    """Make Hypothesis's table of Unicode in one process for all, since it takes a second."""
    if _worker(session.config) == 0:
        st.text().validate()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Collect in a different order in each process, since the first to load a file compiles it."""
    report = yield
    number = _worker(collector.config)
    if number and isinstance(collector, pytest.Directory):
        begin = len(report.result) * number // collector.config.workerinput["workercount"]
        report.result = report.result[begin:] + report.result[:begin]
    return report


def _worker(config: pytest.Config) -> int | None:
    """Return this process's number among those that run tests; None if it is the only one."""
    given = getattr(config, "workerinput", None)
    return given and int(given["workerid"].removeprefix("gw"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put waiting tests between computing ones, which then fill the time.

    None that waits is among the last, and those of one file, which may wait long, stand apart.
    Those of the page go first, and those of no room early: the bench's compute longest.
    """
    items.sort(key=lambda item: (len(item.path.parts), item.path))
    rooms: dict[str, list[pytest.Item]] = {"browser": [], "wire": [], "": []}
    for item in items:
        (room,) = {"browser", "wire"} & set(item.path.parts) or {""}
        rooms[room].append(item)
    rooms["wire"].sort(key=lambda item: crc32(item.nodeid.encode()))
    turns = [
        (0.85 * number / len(rooms["wire"]), item) for number, item in enumerate(rooms["wire"])
    ]
    turns += [(number / len(rooms[""]), item) for number, item in enumerate(rooms[""])]
    items[:] = rooms["browser"] + [item for _, item in sorted(turns, key=itemgetter(0))]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Return a scheduler that gives a file of page tests to one process, with one browser."""
    return _ByBrowser(config, log)


class _ByBrowser(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith("tests/browser/") else nodeid
