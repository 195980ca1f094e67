"""What `python bot.py rotate` says."""

from collections.abc import Mapping

Counts = Mapping[str, int]


def rotated(renewed: Counts, unknown: Counts, older: Counts) -> str:
    """How many values were sealed anew, by `table.column`, and what is left to be done."""
    lines = [f"Re-encrypted with the first secret: {_counted(renewed)}."]
    if unknown:
        lines.append(
            f"Not opened by any secret of PHANTOMBOT_SECRET, and left as they are: "
            f"{_counted(unknown)}. Put the secret they were encrypted with behind the others, and"
            " run this again; if it is lost, an admin of the workspace stores its key anew with"
            " `/phantom key`, and runs go on without what is lost."
        )
    if older:
        lines.append(
            f"Written under an old secret meanwhile: {_counted(older)}. Start every process of the"
            " bot anew, so that all have the new first secret, and run this again."
        )
    if not unknown and not older:
        lines.append("The other secrets are no longer needed: PHANTOMBOT_SECRET may be the first.")
    return "\n".join(lines)


def interrupted(reason: str) -> str:
    """The database went away."""
    return (
        f"The database does not answer ({reason}). What was re-encrypted stays so; run this again,"
        " and it goes on with the rest."
    )


def _counted(places: Counts) -> str:
    named = ", ".join(f"{place} {count}" for place, count in sorted(places.items()))
    return f"{sum(places.values())} ({named})" if named else "nothing"
