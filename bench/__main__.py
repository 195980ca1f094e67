"""Every figure, each beside its peer or its limit, measured in the same run.

    python -m bench [SECTION …] [--quick]

Prints one table, and how each of our figures stands to its peers, now and as it was kept. What was
measured is kept in docs/figures.json, and the table in docs/figures.md.
`--quick` tries the bench in small: its figures mean nothing, and are kept nowhere.
"""

import argparse
import importlib
import os
import sys
import time

from bench.compare import compared
from bench.figure import Section
from bench.kept import keep, kept_sections
from bench.report import SECTIONS, notes, table, write_docs

BUSY = 1.0
"""From which load on a reader has to know of it."""
SWITCH_EVERY = 0.0005
"""Seconds after which a busy thread of this process lets another one go on."""


def main() -> int:
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS])
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    # Slack and Phantombuster share this interpreter: one would seem late while the other is busy.
    sys.setswitchinterval(SWITCH_EVERY)
    load = os.getloadavg()[0]
    measured: dict[str, Section] = {}
    kept = {name: section for name, (section, _) in kept_sections().items()}
    for name in options.sections or SECTIONS:
        measured[name] = _measured(name, quick=options.quick)
        if load > BUSY:
            measured[name].note(f"Other work shared the cores: the load before was {load:.1f}.")
        if not options.quick:  # what comes after it may fail
            keep({name: measured[name]})
            write_docs()
    print(table(measured), notes(measured, {}), compared(measured, kept), sep="\n\n")
    return 0


def _measured(name: str, *, quick: bool) -> Section:
    began = time.monotonic()
    print(f"{name} …", end=" ", file=sys.stderr, flush=True)
    section = Section(quick)
    importlib.import_module(f"bench.{SECTIONS[name].module}").measure(section)
    section.seconds = time.monotonic() - began
    print(f"{section.seconds:.0f} s", file=sys.stderr, flush=True)
    return section


if __name__ == "__main__":
    sys.exit(main())
