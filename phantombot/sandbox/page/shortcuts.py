"""The app's shortcuts, read from its manifest."""

import re
from functools import cache
from pathlib import Path

MANIFEST = Path(__file__).parents[3] / "manifest.yml"

_SHORTCUT = re.compile(
    r"^ +- name: (?P<name>.+)\n +type: (?P<type>global|message)\n"
    r" +callback_id: (?P<callback_id>\S+)\n +description: (?P<description>.+)$",
    re.MULTILINE,
)


@cache
def shortcuts() -> tuple[dict[str, str], ...]:
    """Return the shortcuts in the manifest's order, each with `name`, `type`,
    `callback_id` and `description`.
    """
    manifest = MANIFEST.read_text(encoding="utf-8")
    return tuple(found.groupdict() for found in _SHORTCUT.finditer(manifest))
