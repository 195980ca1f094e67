"""The table of all figures, and docs/figures.md, which keeps the last one.

    python -m bench.report

writes docs/figures.md anew from docs/figures.json.
"""

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Figure, Section
from bench.kept import kept_sections

DOCS = Path(__file__).parents[1] / "docs" / "figures.md"
BEGINS, ENDS = "<!-- the table begins -->", "<!-- the table ends -->"


@dataclass(frozen=True)
class Told:
    """A section: its module under bench/, and its title in the table."""

    module: str
    title: str


SECTIONS = {
    "ack": Told("ack", "The ack path"),
    "launch": Told("to_launch", "From the command to the launch"),
    "slow": Told("slow_services", "From the command to the launch, with slow services"),
    "ending": Told("to_message", "From a run's end to the message"),
    "fairness": Told("fairness", "Beside workspaces whose Phantombuster is slow"),
    "following": Told("open_runs", "Following"),
    "scale": Told("scale", "Scale"),
    "following_v2": Told("following_v2", "Following in API v2 beside v1"),
    "cold": Told("cold", "Cold start"),
    "memory": Told("memory", "Memory"),
    "large": Told("large_results", "Large results"),
    "accounts": Told("large_accounts", "Large accounts"),
    "menus": Told("picker", "Menus and App Home"),
    "watches": Told("watches", "Watching"),
    "idle": Told("idle", "While others hold connections"),
    "unsigned": Told("unsigned", "While others post unsigned bodies"),
    "safety": Told("safety", "Safety"),
    "safety_v2": Told("safety_v2", "Safety in API v2"),
}


def table(sections: Mapping[str, Section]) -> str:
    """Return all figures in Markdown, ours in bold, each name followed by all its subjects."""
    lines = ["| figure | whose | median | least to most | aim |", "|---|---|---:|---|---|"]
    for name, section in sections.items():
        lines += _rows(SECTIONS[name].title, section)
    return "\n".join(lines)


def noise(section: Section) -> str:
    """Return how much the machine's own speed varied."""
    if not section.calibration:
        return ""
    middle = statistics.median(section.calibration)
    low, high = min(section.calibration), max(section.calibration)
    spread = f"from {low / middle - 1:+.0%} to {high / middle - 1:+.0%}"
    return f"a fixed loop took {middle:.1f} ms, {spread}"


def notes(sections: Mapping[str, Section], seen: Mapping[str, str]) -> str:
    """Return the notes of each section, for below the table; `seen` says when and where."""
    lines = []
    for name, section in sections.items():
        said = [seen.get(name, ""), *section.notes, f"It took {section.seconds:.0f} s."]
        lines.append(f"- *{SECTIONS[name].title}*: {' '.join(filter(None, said))}")
    return "\n".join(lines)


def write_docs() -> None:
    """Put the table of what is kept into docs/figures.md."""
    text = DOCS.read_text()
    before, _, rest = text.partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    DOCS.write_text(f"{before}{BEGINS}\n{kept_table()}\n{ENDS}{after}")


def kept_table() -> str:
    """Return the text between the marks in docs/figures.md."""
    kept = kept_sections()
    sections = {name: kept[name][0] for name in SECTIONS if name in kept}
    seen = {name: kept[name][1] for name in sections}
    return f"{table(sections)}\n\n{notes(sections, seen)}"


def _rows(title: str, section: Section) -> Iterator[str]:
    yield f"| **{title}** | {noise(section)} | | | |"
    before = ""
    for figure in section.figures:
        name = "" if figure.name == before else figure.name
        before = figure.name
        whose = f"**{figure.whose}**" if figure.ours else figure.whose
        yield f"| {name} | {whose} | {_median(figure)} | {_spread(figure)} | {_aim(figure)} |"


def _median(figure: Figure) -> str:
    said = number(figure.median, figure.unit) if figure.rounds else figure.says
    return f"**{said}**" if figure.ours else said


def _spread(figure: Figure) -> str:
    if len(figure.rounds) < 2:
        return ""
    low, high = min(figure.rounds), max(figure.rounds)
    return f"{number(low)} to {number(high)}"


def _aim(figure: Figure) -> str:
    if figure.aim is None:
        return ""
    return f"{figure.aim.says}: {'reached' if figure.aim.reached else '**missed**'}"


def number(value: float, unit: str = "") -> str:
    """Format a number with as many digits as are significant."""
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    gap = "" if unit in ("", "%") or unit.startswith("/") else " "
    return f"{value:,.{digits}f}{gap}{unit}"


if __name__ == "__main__":
    write_docs()
