"""Links to a run's page at Phantombuster, and to its result files. Pure."""

import re
from collections.abc import Iterable
from typing import Any

MOST = 2
"""Maximum links that are kept: one to a CSV file, one to a JSON file."""
_LONGEST = 400
_HOSTS = (
    r"phantombuster\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com|s3\.amazonaws\.com/phantombuster"
    r"|(?:cache1\.phantombooster|storage\.phantombuster)\.com"
)
"""Where Phantombuster stores results; any other Amazon bucket can be anybody's."""
_LINK = re.compile(
    rf"https://(?:{_HOSTS})(?:/[A-Za-z0-9._~%+()!,@:=$-]+)+\.(?P<kind>csv|json)", re.IGNORECASE
)
_SAVED = re.compile(r"\bsaved\b[^:]{0,40}\s(?P<link>https://\S+)", re.IGNORECASE)
_POINTERS = ("csvurl", "jsonurl")


_STORE = "https://phantombuster.s3.amazonaws.com"
_CONSOLES = "https://phantombuster.com"
"""Each run has a page under this address (seen in links; it isn't documented)."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


def run_page(org: str | None, agent_id: str | None, container_id: str | None) -> str:
    """Return the address of a run at Phantombuster; empty if too little is known for it."""
    parts = [org or "", agent_id or "", container_id or ""]
    if not all(map(_ID.fullmatch, parts)):
        return ""
    return f"{_CONSOLES}/{parts[0]}/phantoms/{parts[1]}/console/{parts[2]}"


def usual_files(org_folder: str, agent_folder: str) -> tuple[str, ...]:
    """Return the links under which an agent's results usually are, if it has saved any."""
    if not org_folder or not agent_folder:
        return ()
    files = (f"{_STORE}/{org_folder}/{agent_folder}/result.{kind}" for kind in ("csv", "json"))
    return tuple(filter(is_result_file, files))


def is_result_file(link: Any) -> bool:
    """Return whether it is a link to a CSV or JSON file stored by Phantombuster."""
    return isinstance(link, str) and len(link) <= _LONGEST and bool(_LINK.fullmatch(link))


def kind_of(link: str) -> str:
    """Return `CSV` or `JSON`."""
    return link.rpartition(".")[2].upper()


def part_to_check(link: str) -> str:
    """Return the part of a link that can hold a secret; the default file name can't."""
    return link.removesuffix("/result.csv").removesuffix("/result.json")


def file_saved(line: str) -> str | None:
    """Return the link in a console line such as "✅ CSV saved at https://…"."""
    found = _SAVED.search(line)
    link = found["link"].rstrip(".,;)") if found else None
    return link if is_result_file(link) else None


def last_of_each(links: Iterable[str]) -> tuple[str, ...]:
    """Return the last link of each kind, CSV first."""
    by_kind = {kind_of(link): link for link in links}
    return tuple(by_kind[kind] for kind in sorted(by_kind))


def files_pointed_at(result: Any) -> tuple[str, ...]:
    """Return the links of a result that consists only of links, in any spelling."""
    if not isinstance(result, dict):
        return ()
    links = [link for name, link in result.items() if str(name).casefold() in _POINTERS]
    return last_of_each(filter(is_result_file, links))
