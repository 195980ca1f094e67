"""The forms of API v1 through the years, each told by its traits.

What no document says is marked as inferred.
"""

from dataclasses import dataclass, replace
from typing import Literal

_GET = frozenset({"GET"})
_POST = frozenset({"POST"})


@dataclass(frozen=True)
class Form:
    """One form of v1; the defaults are those of 2015."""

    name: str
    extension: Literal["required", "optional", "refused"] = "required"
    """Whether paths end in `.json`."""
    acts_by: frozenset[str] = _GET | _POST
    """The methods of launch and abort; everything else is read by GET."""
    longest_url: int | None = 8_192
    """Bytes of a path with its query; a longer one is refused."""
    commands: tuple[str, ...] | None = ("casperjs", "phantomjs", "node")
    """What launch takes as `command`; None where it no longer looks at it."""
    saves_by: Literal["saveLaunchOptions", "saveArgument"] = "saveLaunchOptions"
    names_launches: bool = True
    """Whether launch answers the container's id."""
    output: Literal["launch number", "counters", "container"] = "container"
    """What output tells beside the console, as in October 2014, in November, and since 2015."""
    container_status: Literal["track", "always"] = "track"
    """In which mode output has `containerStatus`."""
    has_containers: bool = True
    """Whether containers can be listed; with it, launches that never start are counted."""
    omits_results: bool = False
    """Whether `withoutResultObject` is honoured."""
    counts_instances: bool = True
    """Whether user counts what runs and is queued; else it says only `running`, and the plan."""
    lists_idle_progress: bool = False
    """Whether user has a progress of nulls for an idle agent, or none."""
    idle_progress: Literal["nulls", "null"] = "nulls"
    """How output says that there is no progress."""
    no_container: int | str | None = 0
    """The container's id for an agent that never ran (inferred)."""
    no_ending: str | None = ""
    """The last end of an agent that never ran (inferred)."""
    positions: Literal["utf-16", "bytes"] = "utf-16"
    """What `outputPos` counts."""
    string_ids: bool = False
    """Whether ids are texts, and those of containers have 16 digits."""
    milliseconds: bool = False
    """Whether times are in milliseconds."""
    refuses_parallel: bool = False
    """Whether a launch over the agent's parallel limit is refused instead of queued."""
    unknown_launched: int = 404
    """The status of a launch of an agent that does not exist."""
    errors_in: Literal["message", "error"] = "message"
    """The field that holds an error's text."""
    wire_of_today: bool = False
    """Whether consoles and results look as lately seen: `\\r\\n`, files, rows as JSON strings."""


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
"""Whether its user counted instances already is unknown: that it did not is inferred."""

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
"""Takes a request of any shape and answers all fields, as no Phantombuster of one year did."""

FORMS = {
    form.name: form for form in (_OCTOBER_2014, _NOVEMBER_2014, _IN_2015, _IN_2017, _TODAY, _LATER)
}

DEFAULT_FORM = "today"
"""The form of the sandbox where none is asked for."""


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
