"""Remove the secrets of a workspace from what Phantombuster says of its runs."""

from phantombot.context import Context
from phantombot.errors import DecryptionError
from phantombot.phantombuster.redaction import SHORTEST_SECRET, redact, secrets_of
from phantombot.runs.model import Run
from phantombot.runs.result_files import part_to_check

LAST_LAUNCHES = 20
"""How many of an agent's last launches have arguments that its console may have printed."""


def discreet(context: Context, run: Run, text: str) -> str:
    """Return `text` without the workspace's key and without what the run's argument holds.

    A script can print its argument, session cookies included. Return an empty text if the secrets
    can't be decrypted.
    """
    if not text:
        return text
    try:
        secrets = _secrets(context, run.workspace, [run])
    except DecryptionError:
        return ""
    return _without_a_cut_secret(redact(text, secrets), secrets)


def discreet_links(context: Context, run: Run, links: tuple[str, ...]) -> tuple[str, ...]:
    """Return the links without secrets; drop the others, since a redacted link leads nowhere."""
    parts = ((link, part_to_check(link)) for link in links)
    return tuple(link for link, part in parts if discreet(context, run, part) == part)


def discreet_of_agent(
    context: Context, workspace: str, agent_id: str, *texts: str, of: Run | None = None
) -> tuple[str | None, ...]:
    """Return the texts without the workspace's key and without what the agent's launches hold.

    These are the last launches, the open ones, and the run that the texts are `of`. If the secrets
    can't be decrypted, return None for each text that isn't empty.
    """
    if not any(texts):
        return texts
    going_on = [run for run in context.runs.open(workspace) if run.agent_id == agent_id]
    last = context.runs.of_agent(workspace, agent_id, LAST_LAUNCHES)
    try:
        secrets = _secrets(context, workspace, [*([of] if of else []), *going_on, *last])
    except DecryptionError:
        return tuple(None if text else text for text in texts)
    return tuple(_without_a_cut_secret(redact(text, secrets), secrets) for text in texts)


def _secrets(context: Context, workspace: str, runs: list[Run]) -> list[str]:
    """Return the key, and what the arguments hold, except short strings, which occur anywhere."""
    arguments = [context.runs.argument(run) for run in {run.id: run for run in runs}.values()]
    held = dict.fromkeys(secret for argument in arguments for secret in secrets_of(argument))
    key = context.keys.key(workspace)
    return [
        key.value if key else "",
        *(secret for secret in held if len(secret) >= SHORTEST_SECRET),
    ]


def _without_a_cut_secret(text: str, secrets: list[str]) -> str:
    """Remove the beginning of a secret at the end of a text: labels and messages are cut."""
    for secret in secrets:
        for length in range(len(secret) - 1, SHORTEST_SECRET - 1, -1):
            if text.endswith(secret[:length]):
                return f"{text[:-length]}•••"
    return text
