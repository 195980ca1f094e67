"""What PostgreSQL reads of a table that holds many workspaces' runs."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.runs.model import Run
from phantombot.runs.store import Runs

WORKSPACES, RUNS = 200, 60
_KEYS = "INSERT INTO workspaces (id, key_hint) SELECT 'T' || n, md5(n::text)"
_RUNS = """
INSERT INTO runs (version, workspace, uid, trigger_id, channel, "user", agent, quoted, save,
  fingerprint, created_at, state, confirmed, before_busy, adopted, reposted, told, acknowledged,
  rung, agent_id)
SELECT 1, 'T' || n % :workspaces, n::text, n::text, 'C1', 'U' || n % 7, '785', false, false,
  md5(n::text), now() - n * interval '1 s', 'launched', true, 0, false, false, n % 3 > 0, false,
  false, n::text
"""

Question = Callable[[Runs, Run], object]
DAY = timedelta(days=1)
QUESTIONS: dict[str, Question] = {
    "open": lambda runs, run: runs.open(run.workspace),
    "resumes_at": lambda runs, run: runs.resumes_at(run),
    "get": lambda runs, run: runs.get(run.workspace, run.id),
    "by_uid": lambda runs, run: runs.by_uid(run.workspace, run.uid),
    "of_request": lambda runs, run: runs.of_request(run.workspace, run.uid),
    "told_with": lambda runs, run: runs.told_with(run.workspace, run.uid),
    "first_of_sessions": lambda runs, run: runs.first_of_sessions(run, run.created_at - DAY),
    "twins": lambda runs, run: runs.twins(run, DAY),
    "siblings": lambda runs, run: runs.siblings(run, run.created_at - DAY),
    "recent": lambda runs, run: runs.recent(run.workspace, 10),
    "of_agent": lambda runs, run: runs.of_agent(run.workspace, "7", 10),
    "last_of_each": lambda runs, run: runs.last_of_each(run.workspace, ["7", "8"]),
    "launchers": lambda runs, run: runs.launchers(run.workspace),
}


@pytest.fixture
def of_many(postgres_url: str, vault: Vault) -> Iterator[Runs]:
    """The runs of many workspaces, each of another agent and in its own second."""
    database = Database(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with database.writing() as connection:
        connection.execute(text(f"{_KEYS} FROM generate_series(0, {WORKSPACES - 1}) n"))
        rows = f"{_RUNS} FROM generate_series(1, {WORKSPACES * RUNS}) n"
        connection.execute(text(rows), {"workspaces": WORKSPACES})
        connection.execute(text("ANALYZE"))
    yield Runs(database, vault)
    database.close()


def plans_of(runs: Runs, question: Question, run: Run) -> list[str]:
    """Return how PostgreSQL goes about each query of a question, where it can't read all rows."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        asked.append((statement, given))

    engine = runs.database.engine
    event.listen(engine, "before_cursor_execute", note)
    question(runs, run)
    event.remove(engine, "before_cursor_execute", note)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        return [_plan(connection, *one) for one in asked]


def _plan(connection: Connection, statement: str, given: Any) -> str:
    rows = connection.exec_driver_sql(f"EXPLAIN {statement}", given)
    return "\n".join(row[0] for row in rows)


def is_by_workspace(plan: str) -> bool:
    """Return whether runs are found by their workspace, or by their number, in an index."""
    scans = plan.split("->")
    of_runs = [scan for scan in scans if " on runs" in scan or " on ix_runs" in scan]
    conditions = [line for scan in of_runs for line in scan.splitlines() if "Index Cond" in line]
    return bool(conditions) and all("workspace = " in one or "(id = " in one for one in conditions)


def test_what_is_asked_of_one_workspaces_runs_reads_no_other_workspaces(of_many: Runs):
    (run, *_) = of_many.open("T7")
    plans = {name: plans_of(of_many, question, run) for name, question in QUESTIONS.items()}
    assert all(plans.values())
    others = [plan for each in plans.values() for plan in each if not is_by_workspace(plan)]
    assert others == []
