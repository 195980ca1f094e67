"""4b. Following in v2 beside v1: the same runs, in the same run of the bench."""

from bench.figure import Section, percentile
from bench.open_runs import PACE, Rest, at_rest

FORMS = {"v1": "today", "v2": "v2"}
GRID = [(100, 100, 0, 10.0), (10_000, 100, 0, 3.0), (10_000, 100, 1, 3.0)]
"""The number of runs, the workspaces they are spread over, the workers, and the speed of time; no
worker is one process. A machine that can't keep up would make fewer calls than are due.
"""


def measure(section: Section) -> None:
    """Fill the section."""
    found: dict[str, Rest] = {}
    for runs, workspaces, workers, speed in section.pick(GRID, [(20, 2, 0, 30.0)]):
        for _ in section.rounds(1):
            for api, form in FORMS.items():
                where = "a worker, PostgreSQL" if workers else "one process, SQLite"
                name = f"{runs:,} runs, {workspaces:,} workspaces, {where}: {api}"
                found[name] = at_rest(section, (runs, workspaces), workers, speed, form)
    for name, rest in found.items():
        section.add("calls a minute", name, [rest.calls.total()], ours=True)
    for name, rest in found.items():
        section.add("calls a minute, by name", name, says=_by_name(rest), ours=True)
    for name, rest in found.items():
        section.add("CPU per run and minute", name, [rest.cpu], unit="ms", ours=True)
    for name, rest in found.items():
        section.add("memory at the most", name, [rest.memory], unit="MiB", ours=True)
    for name, rest in found.items():
        late = percentile(rest.late, 0.99)
        section.add("end to message, p99", name, [late], unit="s", ours=True)
    section.add("end to message, p99", "limit: the pace of runs that old", [PACE], unit="s")
    section.note("Time passed 3 times as fast, or 10 times with 100 runs; minutes are the bot's.")


def _by_name(rest: Rest) -> str:
    return ", ".join(f"{name} {count:.0f}" for name, count in rest.calls.most_common())
