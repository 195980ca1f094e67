from datetime import UTC, datetime, timedelta

from phantombot.database.engine import Database
from phantombot.database.processes import FORGOTTEN_AFTER, Processes

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_process_is_seen_when_it_last_said_so(database: Database):
    processes = Processes(database)
    processes.seen("one", "worker", NOW - SECOND)
    processes.seen("one", "worker", NOW)
    processes.seen("other", "both", NOW - SECOND)
    assert processes.last_seen("worker") == NOW
    assert processes.last_seen("both") == NOW - SECOND
    assert processes.last_seen("worker", "both") == NOW
    assert processes.last_seen("web") is None


def test_a_process_that_ended_is_not_seen_any_more(database: Database):
    processes = Processes(database)
    processes.seen("one", "worker", NOW)
    processes.gone("one")
    assert processes.last_seen("worker") is None


def test_wrong_signatures_of_all_web_processes_are_added_up_for_an_hour(database: Database):
    processes = Processes(database)
    processes.seen("both", "both", NOW, "figures")
    assert processes.mismatches(NOW) is None
    processes.mismatched("one", NOW - SECOND, 3)
    processes.mismatched("one", NOW, 4)
    processes.mismatched("other", NOW - SECOND, 10)
    assert processes.mismatches(NOW) == (14, NOW)
    assert processes.mismatches(NOW + FORGOTTEN_AFTER) == (4, NOW)
    assert processes.mismatches(NOW + FORGOTTEN_AFTER + SECOND) is None


def test_a_process_that_was_killed_is_forgotten_in_an_hour(database: Database):
    processes = Processes(database)
    processes.seen("killed", "worker", NOW)
    processes.seen("next", "web", NOW + FORGOTTEN_AFTER)
    assert processes.last_seen("worker") == NOW
    processes.seen("next", "web", NOW + FORGOTTEN_AFTER + SECOND)
    assert processes.last_seen("worker") is None
