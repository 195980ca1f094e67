"""One run's output together with its result, which may be megabytes."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from phantombot.context import Context
from phantombot.errors import AnswerTooLarge
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Output

SMALL = 200_000
"""Maximum bytes of an answer that many threads can hold in memory at once."""


@contextmanager
def whole_output(  # noqa: PLR0913 - which run, from where
    context: Context,
    key: ApiKey,
    agent_id: str,
    *,
    container_id: str | None = None,
    launch_number: int | None = None,
    from_position: str = "",
) -> Iterator[Output]:
    """Read a run's output with its result, for as long as the caller uses it.

    A workspace holds one large result at a time, since processing it takes many times its size.
    Small ones don't wait.

    Raises:
        PhantombusterError: it can't be read.
    """
    read = partial(
        context.phantombuster.output,
        key,
        agent_id,
        container_id=container_id,
        launch_number=launch_number,
        from_position=from_position,
        result=True,
    )
    small = _small(read)
    if small is not None:
        yield small
        return
    with context.turns.of(key.workspace):
        try:
            yield read()
        finally:
            _give_memory_back()


def _give_memory_back() -> None:
    """Return memory to the system that glibc would keep for each thread that had a large result."""
    with suppress(OSError, AttributeError):  # another C library, which keeps less memory
        ctypes.CDLL(None).malloc_trim(0)


def _small(read: "partial[Output]") -> Output | None:
    try:
        return read(largest=SMALL)
    except AnswerTooLarge:
        return None
