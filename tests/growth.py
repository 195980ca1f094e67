"""What work costs, compared within one run: no other machine or day comes into it."""

from collections.abc import Callable
from time import process_time


def cost(work: Callable[[], object]) -> float:
    """Return the seconds of CPU that the work needs: the best of several tries."""
    taken: list[float] = []
    for _ in range(5):
        started = process_time()
        work()
        taken.append(process_time() - started)
    return min(taken)


def grows_linearly(work: Callable[[int], object]) -> bool:
    """Return whether work on nine times as much costs nearer to 9 than to 81 times as much."""
    return cost(lambda: work(9)) < 27 * cost(lambda: work(1))
