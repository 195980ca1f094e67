"""The agents of the sandbox's Phantombuster account."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

FOREVER = math.inf
"""The `seconds` of a run that lasts until it is aborted or finished."""


@dataclass(frozen=True)
class SandboxAgent:
    """An agent, and what each of its runs does.

    `id` is a number, as text. A run waits for `queue_seconds` and takes `seconds`, which may be
    FOREVER; both are divided by the account's speed. `console` and `labels` appear evenly over the
    run. `result` is the result object, None if the script sets none; `later_result`, if given,
    returns that of the second launch and later ones. An agent without a script, or with another
    `refusal`, can be launched, but never runs.
    """

    id: str
    name: str
    seconds: float
    console: tuple[str, ...]
    result: Any | None
    exit_code: int = 0
    has_script: bool = True
    queue_seconds: float = 0.3
    max_parallel: int = 1
    labels: tuple[str, ...] = ()
    refusal: str = ""
    """Why no run begins, in Phantombuster's words; empty if runs begin."""
    later_result: Callable[[int], Any] | None = None
    result_in: Literal["answer", "pointer", "files"] = "answer"
    """Where the API of today puts the result: in the answer, behind URLs in it, or only in files
    that the console names."""
    stubborn: bool = False
    """Whether the script keeps running if v2 asks it to end by itself."""
    manifest: Mapping[str, Any] | None = None
    """What v2's list of agents says about the script; None if it leaves that out."""

    @property
    def runs(self) -> bool:
        """Return whether a launch leads to a run."""
        return self.has_script and not self.refusal

    def with_expired_cookie(self) -> "SandboxAgent":
        """Return a copy whose script fails because its session cookie expired."""
        said = (
            "Connecting to LinkedIn...",
            "Can't connect to LinkedIn with this session cookie: it has expired.",
        )
        return replace(self, console=said, result=None, exit_code=87, seconds=2.0, labels=())

    def without_time_left(self) -> "SandboxAgent":
        """Return a copy that can't run for lack of execution time; the wording is inferred."""
        return replace(self, refusal="No execution time left on this account")

    def returns(self, number: int) -> Any | None:
        """Return the result object of the launch with this number, counted from 1."""
        later = self.later_result if number > 1 else None
        return self.result if later is None else later(number)


_FIRST_NAMES = ("Ada", "Grace", "Edsger", "Barbara", "Alan", "Radia", "Donald")
_LAST_NAMES = ("Lovelace", "Hopper", "Dijkstra", "Liskov", "Turing", "Perlman", "Knuth", "Karp")
_JOBS = ("Head of Sales", "Engineer", "Founder & CEO", "Recruiter", "Product Manager")
_CITIES = ("Paris", "Lyon", "Berlin", "São Paulo", "Kraków")


def _people(count: int) -> list[dict[str, Any]]:
    return [
        {
            "fullName": f"{_FIRST_NAMES[n % 7]} {_LAST_NAMES[n % 8]}",
            "title": _JOBS[n % 5],
            "location": _CITIES[n % 5 - n % 3],
            "sharedConnections": n * n % 97,
            "profileUrl": f"https://www.linkedin.com/in/person-{n}/",
        }
        for n in range(count, 0, -1)
    ]


def _people_found(number: int) -> list[dict[str, Any]]:
    """Return the people found by a launch: 37 more than the last, newest first."""
    return _people(120 + 37 * (number - 1))


def _followers(count: int) -> list[dict[str, str]]:
    return [{"screenName": f"follower_{n}"} for n in range(1, count + 1)]


def _followers_now(number: int) -> list[dict[str, str]]:
    """Return the followers at a launch: three have left since the last, and five have come."""
    return _followers(40 + 5 * (number - 1))[3 * (number - 1) :]


def _places(count: int) -> list[dict[str, Any]]:
    return [{"title": f"Café {n}", "rating": 3.5 + n % 4 / 2.5} for n in range(1, count + 1)]


_SEARCH = SandboxAgent(
    id="785",
    name="LinkedIn Search",
    seconds=8.0,
    console=(
        "Connecting to LinkedIn...",
        "Connected successfully as Ada Lovelace",
        *(f"Getting page {n}: 20 results" for n in range(1, 7)),
        "Saved all results to result.csv",
    ),
    result=_people(120),
    labels=tuple(f"Scraping page {n}.." for n in range(1, 7)),
    later_result=_people_found,
)

_PROFILES = SandboxAgent(
    id="786",
    name="LinkedIn Profile Scraper",
    seconds=12.0,
    console=tuple(f"Scraping profile {n} of 10" for n in range(1, 11)),
    result=_people(10),
    max_parallel=2,
    result_in="files",
    labels=("Opening profiles", "Scraping profiles", "Saving"),
    stubborn=True,
)

_FOLLOWERS = SandboxAgent(
    id="901",
    name="Twitter Followers",
    seconds=5.0,
    console=("Opening the list of followers", "Got all followers"),
    result=_followers(40),
    labels=("Scrolling...",),
    later_result=_followers_now,
)

_SAME_NAME = SandboxAgent(
    id="902",
    name="Twitter Followers",
    seconds=6.0,
    console=("Opening the list of followers", "Got 7 followers"),
    result=_followers(7),
    result_in="pointer",
)

_LONG = SandboxAgent(
    id="903",
    name="Google Maps Extractor",
    seconds=90.0,
    console=tuple(f"Scrolling the map: {n * 10} places so far" for n in range(1, 19)),
    result=_places(180),
    labels=tuple(f"Square {n} of 9" for n in range(1, 10)),
)

_EMPTY = SandboxAgent(
    id="904",
    name="Instagram Hashtag Collector",
    seconds=4.0,
    console=("Opening the hashtag", "No new posts since the last launch"),
    result=[],
)

_BROKEN = SandboxAgent(
    id="905",
    name="Facebook Group Extractor",
    seconds=3.0,
    console=(
        "Opening the group",
        "TypeError: undefined is not an object (evaluating 'members.length')",
        "    at extract (/home/phantom/agent/script.js:118:23)",
    ),
    result=None,
    exit_code=1,
)

_EXPIRED = SandboxAgent(
    id="906", name="Sales Navigator Export", seconds=2.0, console=(), result=None
).with_expired_cookie()

_SCRIPTLESS = SandboxAgent(
    id="907", name="Draft without script", seconds=1.0, console=(), result=None, has_script=False
)

_QUICK = SandboxAgent(
    id="908",
    name="Hello World",
    seconds=0.2,
    console=("Hello, world!",),
    result={"hello": "world"},
    queue_seconds=0.0,
)

LARGE = SandboxAgent(
    id="909",
    name="Company Collector",
    seconds=4.0,
    console=("Opening the list of companies", "Got all companies"),
    result=[{"company": "Café & Sons", "about": "x" * 80}] * 55_000,
)
"""An agent whose result is larger than 5 MB."""


def numbered(
    count: int, *, seconds: float = FOREVER, first: int = 1_000, queue_seconds: float = 0.0
) -> tuple[SandboxAgent, ...]:
    """Return `count` agents that differ only in their ids, which count up from `first`."""
    return tuple(
        SandboxAgent(
            id=str(number),
            name=f"Agent {number}",
            seconds=seconds,
            console=("Working",),
            result={"agent": number},
            queue_seconds=queue_seconds,
            max_parallel=10,
        )
        for number in range(first, first + count)
    )


AGENTS: tuple[SandboxAgent, ...] = (
    _SEARCH,
    _PROFILES,
    _FOLLOWERS,
    _SAME_NAME,
    _LONG,
    _EMPTY,
    _BROKEN,
    _EXPIRED,
    _SCRIPTLESS,
    _QUICK,
)
"""The default account: two agents share a name, three always fail, one returns nothing."""
