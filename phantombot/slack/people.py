"""Cache users, user groups, and each workspace's address at Slack."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

from phantombot.access.rules import Person
from phantombot.errors import NotAtHand, SlackError, SlackUnavailable
from phantombot.slack.client import Poster

T = TypeVar("T")

PERSON_KEPT = 300.0
"""Seconds until a new guest or a former admin is treated as such."""
GROUP_KEPT = 60.0
"""Seconds."""
ADDRESS_KEPT = 86_400.0
"""Seconds."""
_ASKED_AGAIN_AFTER = 5.0
"""Seconds until Slack is asked again after it refused to answer."""
_REMEMBERED = 10_000
_NOT_KNOWN = frozenset({"user_not_found", "user_not_visible"})
_NO_GROUP = frozenset({"no_such_subteam"})


class People:
    """Cache for the whole process; `clock` is in seconds."""

    def __init__(self, poster: Poster, clock: Callable[[], float]) -> None:
        self._poster = poster
        self._persons = _Memory[Person](PERSON_KEPT, clock)
        self._groups = _Memory[frozenset[str]](GROUP_KEPT, clock)
        self._addresses = _Memory[str](ADDRESS_KEPT, clock)

    @property
    def at_hand(self) -> "PeopleAtHand":
        """Return a view that answers only from the cache."""
        return PeopleAtHand(self._persons, self._groups, self._addresses)

    def person(self, workspace: str, user: str) -> Person:
        """Return the user's role in the workspace; someone Slack doesn't know is a stranger.

        Raises:
            SlackUnavailable: Slack can't be asked now.
        """

        def ask() -> Person:
            return _told(
                lambda: self._poster.person(workspace, user), _NOT_KNOWN, Person(stranger=True)
            )

        return self._persons.recall((workspace, user), ask)

    def group_members(self, workspace: str, group: str) -> frozenset[str]:
        """Return the ids of a user group's members; none if there is no such group.

        Raises:
            SlackUnavailable: Slack can't be asked now.
        """

        def ask() -> frozenset[str]:
            return _told(
                lambda: self._poster.group_members(workspace, group), _NO_GROUP, frozenset()
            )

        return self._groups.recall((workspace, group), ask)

    def address(self, workspace: str) -> str:
        """Return the workspace's address, which links begin with; empty if Slack gives none.

        Raises:
            SlackUnavailable: Slack can't be asked now.
        """

        def ask() -> str:
            return _told(lambda: self._poster.address(workspace), frozenset(), "")

        return self._addresses.recall((workspace, ""), ask)


@dataclass(frozen=True)
class PeopleAtHand:
    """The cache without Slack: each method raises NotAtHand instead of asking."""

    persons: "_Memory[Person]"
    groups: "_Memory[frozenset[str]]"
    addresses: "_Memory[str]"

    @property
    def at_hand(self) -> "PeopleAtHand":
        """Return itself."""
        return self

    def person(self, workspace: str, user: str) -> Person:
        """Return the user's role in the workspace."""
        return _at_hand(self.persons, (workspace, user))

    def group_members(self, workspace: str, group: str) -> frozenset[str]:
        """Return the ids of a user group's members."""
        return _at_hand(self.groups, (workspace, group))

    def address(self, workspace: str) -> str:
        """Return the workspace's address at Slack."""
        return _at_hand(self.addresses, (workspace, ""))


def _at_hand(memory: "_Memory[T]", key: tuple[str, str]) -> T:
    try:
        return memory.recall(key, _nothing)
    except SlackUnavailable:
        raise NotAtHand("Slack") from None


def _nothing() -> NoReturn:
    raise NotAtHand("Slack")


def _told(ask: Callable[[], T], unknown: frozenset[str], nothing: T) -> T:
    """Return Slack's answer, or `nothing` if its error is one of `unknown`."""
    try:
        return ask()
    except SlackUnavailable:
        raise
    except SlackError as error:
        if error.code in unknown:
            return nothing
        raise SlackUnavailable(error.code, retry_after=_ASKED_AGAIN_AFTER) from None


class _Memory(Generic[T]):
    """Cache of answers and errors, each for some seconds; an error for its Retry-After."""

    def __init__(self, kept: float, clock: Callable[[], float]) -> None:
        self._kept, self._clock = kept, clock
        self._answers: dict[tuple[str, str], tuple[float, T | SlackUnavailable]] = {}
        self._lock = threading.Lock()

    def recall(self, key: tuple[str, str], ask: Callable[[], T]) -> T:
        """Return a cached answer, or ask; two callers may both ask at once."""
        with self._lock:
            until, answer = self._answers.get(key, (0.0, None))
        if answer is None or until <= self._clock():
            answer = self._asked(key, ask)
        if isinstance(answer, SlackUnavailable):
            raise SlackUnavailable(answer.code, retry_after=answer.retry_after)
        return answer

    def _asked(self, key: tuple[str, str], ask: Callable[[], T]) -> T | SlackUnavailable:
        answer: T | SlackUnavailable
        try:
            answer, kept = ask(), self._kept
        except SlackUnavailable as error:
            answer, kept = error, error.retry_after
        with self._lock:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            self._answers[key] = (self._clock() + kept, answer)
        return answer
