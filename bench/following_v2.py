"""4b. Following in v2 beside v1: the same runs, in the same run of the bench."""

from collections import defaultdict

from bench.figure import Section, percentile
from bench.open_runs import PACE, Rest, at_rest

FORMS = {"v1": "today", "v2": "v2"}
GRID = [(100, 100, 0), (10_000, 100, 0), (10_000, 100, 1)]
"""The number of runs, the workspaces they are spread over, and the workers; 0 is one process."""


def measure(section: Section) -> None:
    """Fill the section."""
    found: dict[str, list[Rest]] = defaultdict(list)
    for runs, workspaces, workers in section.pick(GRID, [(20, 2, 0)]):
        for _ in section.rounds(2):
            for api, form in FORMS.items():
                where = "a worker, PostgreSQL" if workers else "one process, SQLite"
                name = f"{runs:,} runs, {workspaces:,} workspaces, {where}: {api}"
                found[name].append(at_rest(section, runs, workspaces, workers, form))
    for name, rests in found.items():
        calls = [rest.calls.total() for rest in rests]
        section.add("calls a minute", name, calls, ours=True)
    for name, rests in found.items():
        section.add("calls a minute, by name", name, says=_by_name(rests[-1]), ours=True)
    for name, rests in found.items():
        cpu = [rest.cpu for rest in rests]
        section.add("CPU per run and minute", name, cpu, unit="ms", ours=True)
    for name, rests in found.items():
        memory = [rest.memory for rest in rests]
        section.add("memory at the most", name, memory, unit="MiB", ours=True)
    for name, rests in found.items():
        late = [percentile(rest.late, 0.99) for rest in rests]
        section.add("end to message, p99", name, late, unit="s", ours=True)
    section.add("end to message, p99", "limit: the pace of runs that old", [PACE], unit="s")


def _by_name(rest: Rest) -> str:
    return ", ".join(f"{name} {count:.0f}" for name, count in rest.calls.most_common())
