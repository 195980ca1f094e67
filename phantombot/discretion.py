"""What Phantombuster says of a run, without what nobody may read."""

from phantombot.errors import SealBroken
from phantombot.phantombuster.redaction import SHORTEST_SECRET, redact, secrets_of
from phantombot.ports import Ports
from phantombot.run import Run


def discreet(ports: Ports, run: Run, text: str) -> str:
    """`text` without the workspace's key and without what the run's argument holds.

    A script may print its argument, session cookies and all. Nothing is left of the text where
    the secrets themselves cannot be read.
    """
    if not text:
        return text
    try:
        key = ports.keys.key(run.workspace) or ""
        secrets = [key, *secrets_of(ports.runs.argument(run))]
    except SealBroken:
        return ""
    return _without_a_cut_secret(redact(text, secrets), secrets)


def _without_a_cut_secret(text: str, secrets: list[str]) -> str:
    """Labels and messages are cut to a length, and the cut may have gone through a secret."""
    for secret in secrets:
        for length in range(len(secret) - 1, SHORTEST_SECRET - 1, -1):
            if text.endswith(secret[:length]):
                return f"{text[:-length]}•••"
    return text
