"""docs/figures.json: the latest measurements, section by section."""

import json
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figure import Aim, Figure, Section

KEPT = Path(__file__).parents[1] / "docs" / "figures.json"


def keep(measured: Mapping[str, Section]) -> None:
    """Replace the stored sections by those just measured."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for name, section in measured.items():
        kept[name] = {
            **asdict(section),
            "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "on": machine(),
        }
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def kept_sections() -> dict[str, tuple[Section, str]]:
    """Return each stored section, and when and on what machine it was measured."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return {
        name: (_section(found), f"{found['at']}, {found['on']}.") for name, found in kept.items()
    }


def machine() -> str:
    """Describe the machine and the Python that a figure depends on."""
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    name = found[1] if found else platform.machine()
    return f"{os.cpu_count()} cores of {name}, Python {platform.python_version()}"


def _section(found: dict[str, Any]) -> Section:
    figures = [_figure(one) for one in found["figures"]]
    return Section(
        quick=False,
        figures=figures,
        notes=found["notes"],
        calibration=found["calibration"],
        seconds=found["seconds"],
    )


def _figure(found: dict[str, Any]) -> Figure:
    aim = Aim(**found["aim"]) if found["aim"] else None
    return Figure(**{**found, "rounds": tuple(found["rounds"]), "aim": aim})
