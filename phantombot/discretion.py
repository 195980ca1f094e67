"""What Phantombuster says of a run, without what nobody may read."""

from phantombot.errors import SealBroken
from phantombot.phantombuster.redaction import SHORTEST_SECRET, redact, secrets_of
from phantombot.ports import Ports
from phantombot.run import Run

LAST_LAUNCHES = 20
"""How many launches of an agent are asked for what its console may have printed of them."""


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


def discreet_of_agent(
    ports: Ports, workspace: str, agent_id: str, *texts: str
) -> tuple[str | None, ...]:
    """The texts without the workspace's key and without what our last launches of the agent hold.

    None in the place of each text, unless it is empty, where the secrets cannot be read.
    """
    if not any(texts):
        return texts
    try:
        key = ports.keys.key(workspace) or ""
        secrets = []
        for run in ports.runs.of_agent(workspace, agent_id, LAST_LAUNCHES):
            secrets += secrets_of(ports.runs.argument(run))
    except SealBroken:
        return tuple(None if text else text for text in texts)
    # An argument as short as `{}` or `1` is no secret, and would be found everywhere.
    secrets = [secret for secret in dict.fromkeys(secrets) if len(secret) >= SHORTEST_SECRET]
    secrets.append(key)
    return tuple(_without_a_cut_secret(redact(text, secrets), secrets) for text in texts)
