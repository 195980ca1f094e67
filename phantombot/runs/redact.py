"""What Phantombuster says of a run, without what nobody may read."""

from phantombot.context import Context
from phantombot.errors import DecryptionError
from phantombot.phantombuster.redaction import SHORTEST_SECRET, redact, secrets_of
from phantombot.runs.model import Run
from phantombot.runs.result_files import part_to_check

LAST_LAUNCHES = 20
"""How many launches of an agent are asked for what its console may have printed of them."""


def discreet(context: Context, run: Run, text: str) -> str:
    """`text` without the workspace's key and without what the run's argument holds.

    A script may print its argument, session cookies and all. Nothing is left of the text where
    the secrets themselves cannot be read.
    """
    if not text:
        return text
    try:
        secrets = _secrets(context, run.workspace, [run])
    except DecryptionError:
        return ""
    return _without_a_cut_secret(redact(text, secrets), secrets)


def discreet_links(context: Context, run: Run, links: tuple[str, ...]) -> tuple[str, ...]:
    """Return the links in which nothing is that nobody may read: a link without a part is none."""
    parts = ((link, part_to_check(link)) for link in links)
    return tuple(link for link, part in parts if discreet(context, run, part) == part)


def discreet_of_agent(
    context: Context, workspace: str, agent_id: str, *texts: str, of: Run | None = None
) -> tuple[str | None, ...]:
    """The texts without the workspace's key and without what our launches of the agent hold.

    These are the last ones, those that go on, and the run that the texts are `of`. None in the
    place of each text, unless it is empty, where the secrets cannot be read.
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
    """The key, and what arguments hold but for the shortest: `{}` or `1` stand everywhere."""
    arguments = [context.runs.argument(run) for run in {run.id: run for run in runs}.values()]
    held = dict.fromkeys(secret for argument in arguments for secret in secrets_of(argument))
    key = context.keys.key(workspace)
    return [
        key.value if key else "",
        *(secret for secret in held if len(secret) >= SHORTEST_SECRET),
    ]


def _without_a_cut_secret(text: str, secrets: list[str]) -> str:
    """Labels and messages are cut to a length, and the cut may have gone through a secret."""
    for secret in secrets:
        for length in range(len(secret) - 1, SHORTEST_SECRET - 1, -1):
            if text.endswith(secret[:length]):
                return f"{text[:-length]}•••"
    return text
