"""The checks that the descriptions of Slack's objects consist of.

Slack publishes its validator (`slackhq/hack-json-schema`): each check here refuses in that one's
words, with a JSON pointer to the place, as `response_metadata.messages` shows them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]
"""Yields everything that is wrong with the value at a JSON pointer."""

Fields = Mapping[str, Check]


def at(pointer: str, why: str) -> str:
    """Return a sentence of Slack's with the place that it is about."""
    return f"{why} [json-pointer:{pointer}]"


def text(least: int = 0, most: int | None = None) -> Check:
    """Return a check for a string of this length."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield at(pointer, "must provide a string")
        elif len(value) < least:
            yield at(pointer, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            yield at(pointer, f"must be less than {most + 1} characters")

    return check


def one_of(*words: str) -> Check:
    """Return a check for one of these strings."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield at(pointer, "must provide a string")
        elif value not in words:
            yield at(pointer, "must be a valid enum value")

    return check


def flag(value: Any, pointer: str) -> Iterator[str]:
    """Check that the value is true or false."""
    if not isinstance(value, bool):
        yield at(pointer, "must be a boolean")


def numeric(value: Any, pointer: str) -> Iterator[str]:
    """Check that the value is a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield at(pointer, "must be a number")


def whole(least: int, most: int | None = None) -> Check:
    """Return a check for an integer within these bounds."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield at(pointer, "must provide an integer")
        elif value < least:
            yield at(pointer, f"must be greater than {least}")
        elif most is not None and value > most:
            yield at(pointer, f"must be less than {most}")

    return check


def several(one: Check, least: int = 0, most: int | None = None) -> Check:
    """Return a check for a list of so many items."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield at(pointer, "must provide an array")
            return
        if len(value) < least:
            yield at(pointer, f"must provide at least {least} items")
        if most is not None and len(value) > most:
            yield at(pointer, f"no more than {most} items allowed")
        for number, item in enumerate(value):
            yield from one(item, f"{pointer}/{number}")

    return check


def shape(needed: Fields, optional: Fields | None = None, *rules: Check) -> Check:
    """Return a check for an object with these fields only; `rules` apply once its
    fields are valid.
    """
    known = {**needed, **(optional or {})}

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield at(pointer, "must provide an object")
            return
        wrong = [at(pointer, f"missing required field: {name}") for name in needed.keys() - value]
        for name, held in value.items():
            if name in known:
                wrong += known[name](held, f"{pointer}/{name}")
            else:
                wrong.append(at(pointer, f"invalid additional property: {name}"))
        yield from wrong
        for rule in () if wrong else rules:
            yield from rule(value, pointer)

    return check


def kinds(known: Mapping[str, Check]) -> Check:
    """Return a check for an object whose `type` is one of these."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield at(pointer, "must provide an object")
        elif "type" not in value:
            yield at(pointer, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in known:
            yield at(f"{pointer}/type", f"unsupported type: {value['type']}")
        else:
            yield from known[value["type"]](value, pointer)

    return check


def within(one: Check) -> Check:
    """Return a check for a value with several schemas: Slack first says that it matches none."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        wrong = list(one(value, pointer))
        if wrong:
            yield at(pointer, "failed to match all allowed schemas")
        yield from wrong

    return check
