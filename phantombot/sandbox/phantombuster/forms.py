"""The forms of the API over the years, each described by its traits.

Anything undocumented is marked as inferred.
"""

from dataclasses import dataclass, replace
from typing import Literal

_GET = frozenset({"GET"})
_POST = frozenset({"POST"})


@dataclass(frozen=True)
class Form:
    """One form of v1, with v2 beside it or not; the defaults are those of 2015."""

    name: str
    extension: Literal["required", "optional", "refused"] = "required"
    """Whether paths end in `.json`."""
    acts_by: frozenset[str] = _GET | _POST
    """The methods of launch and abort; everything else uses GET."""
    longest_url: int | None = 8_192
    """The most bytes of a path with its query; longer ones are refused."""
    commands: tuple[str, ...] | None = ("casperjs", "phantomjs", "node")
    """What launch accepts as `command`; None if it ignores it."""
    saves_by: Literal["saveLaunchOptions", "saveArgument"] = "saveLaunchOptions"
    names_launches: bool = True
    """Whether launch returns the container's id."""
    output: Literal["launch number", "counters", "container"] = "container"
    """What output returns beside the console: as of October 2014, of November 2014, of 2015."""
    container_status: Literal["track", "always"] = "track"
    """The mode in which output has `containerStatus`."""
    has_containers: bool = True
    """Whether containers can be listed; with it, launches that never start are counted."""
    omits_results: bool = False
    """Whether `withoutResultObject` works."""
    counts_instances: bool = True
    """Whether user counts running and queued instances; if not, it has `running` and the plan."""
    lists_idle_progress: bool = False
    """Whether user has a progress of nulls for an idle agent, rather than none."""
    idle_progress: Literal["nulls", "null"] = "nulls"
    """What output has as the progress of an idle agent."""
    no_container: int | str | None = 0
    """The container id of an agent that never ran (inferred)."""
    no_ending: str | None = ""
    """The last ending of an agent that never ran (inferred)."""
    positions: Literal["utf-16", "bytes"] = "utf-16"
    """The unit of `outputPos`."""
    string_ids: bool = False
    """Whether ids are strings, and container ids have 16 digits."""
    milliseconds: bool = False
    """Whether times are in milliseconds."""
    refuses_parallel: bool = False
    """Whether a launch over the agent's parallel limit is refused instead of queued."""
    unknown_launched: int = 404
    """The status of a launch of an agent that does not exist."""
    errors_in: Literal["message", "error"] = "message"
    """The field that holds an error's text."""
    wire_of_today: bool = False
    """Whether consoles and results look as they do today: `\\r\\n`, files, rows as JSON strings."""
    has_v2: bool = False
    """Whether v2 is answered as well: to the same key, about the same agents and runs."""


_OCTOBER_2014 = Form(
    "2014",
    acts_by=_GET,
    commands=("casperjs", "phantomjs"),
    names_launches=False,
    output="launch number",
    has_containers=False,
    counts_instances=False,
    no_ending=None,
)

_NOVEMBER_2014 = replace(_OCTOBER_2014, name="2014-11", output="counters")
"""That its user didn't count instances yet is inferred."""

_IN_2015 = Form("2015")

_IN_2017 = replace(
    _IN_2015,
    name="2017",
    extension="refused",
    commands=None,
    saves_by="saveArgument",
    omits_results=True,
    no_container=None,
)

_TODAY = replace(
    _IN_2017,
    name="today",
    acts_by=_POST,
    container_status="always",
    idle_progress="null",
    no_container="",
    string_ids=True,
    milliseconds=True,
    refuses_parallel=True,
    unknown_launched=400,
    errors_in="error",
    wire_of_today=True,
)

_WITH_V2 = replace(_TODAY, name="v2", has_v2=True)

_LATER = replace(
    _IN_2015,
    name="later",
    extension="optional",
    longest_url=None,
    container_status="always",
    omits_results=True,
    lists_idle_progress=True,
    no_container=None,
    no_ending=None,
    positions="bytes",
)
"""Accepts requests of any form and answers all fields, as no real Phantombuster ever did."""

FORMS = {
    form.name: form
    for form in (
        _OCTOBER_2014,
        _NOVEMBER_2014,
        _IN_2015,
        _IN_2017,
        _TODAY,
        _WITH_V2,
        _LATER,
    )
}

DEFAULT_FORM = "today"
"""The sandbox's form, if none is asked for."""


def form_of(form: Form | str) -> Form:
    """Return the form of this name, or the form itself.

    Raises:
        ValueError: no form has this name.
    """
    if isinstance(form, Form):
        return form
    if form not in FORMS:
        raise ValueError(f"No form is called {form!r}; there are {', '.join(FORMS)}")
    return FORMS[form]
