"""The shapes that a request to v1 can have, and when to try another one.

The API changed them over the years: `.json` after each path, GET or POST, and two roots. A request
in a shape that the server doesn't know has no effect, so another shape can be tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from phantombot.errors import (
    AgentNotFound,
    AnswerTooLarge,
    AnswerUnreadable,
    NotTheApi,
    PhantombusterError,
    Redirected,
    ServerFault,
    Unreachable,
)
from phantombot.phantombuster.account import UNKNOWN, Api, Dialect
from phantombot.phantombuster.parsing import counts_launches, is_of_2014, read_launch
from phantombot.phantombuster.responses import Reply

_NO_SUCH_METHOD = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)
_NO_ENTRY = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_NO_SUCH_PATH = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_ANSWERS_TO_THE_REQUEST = (HTTPStatus.SEE_OTHER, HTTPStatus.NOT_MODIFIED)


@dataclass(frozen=True)
class Shape:
    """Where and how a request is sent: `root` ends in `v1`, `suffix` is `.json`."""

    root: str
    suffix: bool
    post: bool

    def url(self, path: str) -> str:
        """Return the URL of a path below the root."""
        return f"{self.root}/{path}{'.json' if self.suffix else ''}"


@dataclass(frozen=True)
class Miss:
    """A request that had no effect, and the error it got."""

    shape: Shape
    error: PhantombusterError
    from_api: bool

    @property
    def rules_out_root(self) -> bool:
        """Return whether no path at that root will answer."""
        down = isinstance(self.error, ServerFault) and self.error.status not in _NO_SUCH_METHOD
        return down or self.error.status in _NO_ENTRY or isinstance(self.error, Unreachable)


def roots(base_urls: Sequence[str], version: Api) -> list[str]:
    """Return the URLs of a version; an address that ends in `v1` or `v2` is only for that one."""
    found = []
    for url in base_urls:
        base, _, last = url.rstrip("/").rpartition("/")
        if last == version:
            found.append(f"{base}/{last}")
        elif last not in tuple(Api):
            found.append(f"{base}/{last}/{version}")
    return found


def shapes(known: Dialect, roots: Sequence[str], *, acts: bool) -> list[Shape]:
    """Return every shape, likeliest first: what is known of the account, then the newest."""
    posts = _both(known.post, first=True) if acts else [False]
    return [
        Shape(root, suffix, post)
        for root in sorted(roots, key=lambda root: root != known.root)
        for post in posts
        for suffix in _both(known.suffix, first=False)
    ]


def worth_trying(shape: Shape, misses: Sequence[Miss], known: Dialect, *, acts: bool) -> bool:
    """Return whether a shape may still be right after others had no effect.

    If the API itself answered, its root is the right one.
    """
    for miss in misses:
        if miss.from_api and miss.shape.root != shape.root:
            return False
        if miss.rules_out_root and miss.shape.root == shape.root:
            return False
    return (
        not acts or shape.post or _may_get([m for m in misses if m.shape.root == shape.root], known)
    )


def _may_get(misses: Sequence[Miss], known: Dialect) -> bool:
    """Return whether to launch or abort by GET at the misses' root: the URL contains the argument.

    Do so if the account accepts GETs, or the server says that the method is wrong. If nothing is
    known, also after a 404, unless it is the API's own, which is believed.
    """
    if known.post is False or known.counts_launches:
        return True
    if any(miss.error.status in _NO_SUCH_METHOD for miss in misses):
        return True
    if known.post or any(miss.from_api for miss in misses):
        return False
    return any(miss.error.status == HTTPStatus.NOT_FOUND for miss in misses)


def is_miss(reply: Reply, *, acts: bool) -> bool:
    """Return whether a request certainly had no effect, and another shape may have one.

    A read is tried again after a web page, a redirect, or a gateway's error. A launch isn't, since
    it may have reached the API.
    """
    error = reply.error
    if error is None or reply.names_agent or error.status in _ANSWERS_TO_THE_REQUEST:
        return False
    if error.status in (*_NO_SUCH_PATH, *_NO_SUCH_METHOD):
        return True
    if isinstance(error, Unreachable):
        return True
    if isinstance(error, Redirected):
        return not acts
    if error.status in _NO_ENTRY:
        return not reply.from_api
    unread = isinstance(error, AnswerUnreadable) and not isinstance(error, AnswerTooLarge)
    return not acts and not reply.from_api and (unread or isinstance(error, ServerFault))


def most_telling(misses: Sequence[Miss], known: Dialect = UNKNOWN) -> PhantombusterError:
    """Return the most conclusive error if no shape had an effect.

    "Not found" in one shape says nothing about an agent while the account may answer in another,
    and only fails to just now.
    """
    kinds = (NotTheApi, AgentNotFound)
    telling = max(misses, key=lambda each: (each.from_api, isinstance(each.error, kinds)))
    if not isinstance(telling.error, AgentNotFound):
        return telling.error
    for miss in misses:
        root, suffix = miss.shape.root, miss.shape.suffix
        may_answer = root in (known.root, telling.shape.root) and known.suffix in (None, suffix)
        if may_answer and miss.error.status not in (*_NO_SUCH_PATH, *_NO_SUCH_METHOD):
            return miss.error
    return telling.error


def learned(known: Dialect, shape: Shape, *, acts: bool) -> Dialect:
    """Return the dialect after a request of this shape succeeded."""
    found = replace(known, root=shape.root, suffix=shape.suffix)
    return replace(found, post=shape.post) if acts else found


def learned_from_launch(known: Dialect, data: Any) -> Dialect:
    """Return the dialect after a launch was accepted; one answer without an id proves nothing."""
    named = read_launch(data) is not None
    return replace(known, names_launches=named or bool(known.names_launches))


def learned_from_user(known: Dialect, data: Any) -> Dialect:
    """Return the dialect after the account was read.

    In 2014 agents are launched by GET, and runs are identified by launch number unless an output
    shows otherwise. If paths have no suffix, agents are launched by POST.
    """
    of_2014 = is_of_2014(data)
    if of_2014 is False:
        grew = known.counts_launches
        known = replace(known, counts_launches=False, post=None if grew else known.post)
    if of_2014 and known.counts_launches is None:
        known = replace(known, counts_launches=True)
    if known.post is None and (of_2014 or known.suffix is False):
        known = replace(known, post=not of_2014)
    return known


def learned_from_output(known: Dialect, data: Any) -> Dialect:
    """Return the dialect after an output was read; an upgraded server may accept POSTs now."""
    counts = counts_launches(data)
    if counts is None:
        return known
    grew = known.counts_launches and not counts
    return replace(known, counts_launches=counts, post=None if grew else known.post)


def _both(likelier: bool | None, *, first: bool) -> list[bool]:  # noqa: FBT001 - three answers
    chosen = first if likelier is None else likelier
    return [chosen, not chosen]
