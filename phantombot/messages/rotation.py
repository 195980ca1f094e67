"""The output of `python bot.py rotate`."""

from collections.abc import Mapping

Counts = Mapping[str, int]


def rotated(renewed: Counts, unknown: Counts, older: Counts) -> str:
    """Say how many values were re-encrypted, by `table.column`, and what is left to do."""
    lines = [f"Re-encrypted with the first secret: {_counted(renewed)}."]
    if unknown:
        lines.append(
            f"Not decrypted by any secret in PHANTOMBOT_SECRET, and left unchanged: "
            f"{_counted(unknown)}. Add the secret they were encrypted with after the others, and"
            " run this again. If it is lost, a workspace admin stores the key again with"
            " `/phantom key`, and runs go on without the lost values."
        )
    if older:
        lines.append(
            "Written with an old secret or by an earlier release meanwhile:"
            f" {_counted(older)}. Restart every process of the bot, so that all use the new"
            " first secret, and run this again."
        )
    if not unknown and not older:
        lines.append("Only the first secret is needed now: you can remove the others.")
    return "\n".join(lines)


def interrupted(reason: str) -> str:
    """Say that the database stopped answering."""
    return (
        f"The database isn't answering ({reason}). What is re-encrypted stays that way. Run"
        " this again to continue with the rest."
    )


def _counted(places: Counts) -> str:
    named = ", ".join(f"{place} {count}" for place, count in sorted(places.items()))
    return f"{sum(places.values())} ({named})" if named else "nothing"
