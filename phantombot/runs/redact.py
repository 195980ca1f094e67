"""Remove a workspace's secrets from what Phantombuster returns about its runs."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from phantombot.context import Context
from phantombot.errors import DecryptionError
from phantombot.phantombuster.argument_secrets import is_long_enough, secrets_of
from phantombot.phantombuster.redaction import found_in, longest_form, mark_of, redact_part
from phantombot.runs.ending import Ending
from phantombot.runs.model import Run
from phantombot.runs.result_files import part_to_check
from phantombot.text.controls import without_controls

LAST_LAUNCHES = 20
"""An agent's console may have printed the arguments of this many of its last launches."""


@dataclass(frozen=True)
class Secrets:
    """The workspace's key, and the secrets in arguments."""

    key: str = field(repr=False)
    of_arguments: tuple[str, ...] = field(repr=False)

    @property
    def all(self) -> tuple[str, ...]:
        """Return the key and the secrets in arguments."""
        return (self.key, *self.of_arguments) if self.key else self.of_arguments

    @property
    def longest(self) -> int:
        """Return the length of the longest secret, in any spelling."""
        return longest_form(self.all)

    def redact(self, text: str) -> str:
        """Return a text without the secrets, even if the text was cut within one."""
        return redact_part(text, self.all) if text else text

    def end_of(self, text: str, length: int) -> str:
        """Return the last characters of a text, redacted before they are cut off."""
        within = without_controls(text[-(length + self.longest) :])
        return self.redact(within)[-length:]

    def beginning_of(self, text: str, length: int) -> str:
        """Return the first characters of a text, redacted before they are cut off."""
        return self.redact(text[: length + self.longest])[:length]

    def are_in(self, text: str) -> bool:
        """Return whether the text contains a secret, or a part of one at its edges."""
        return self.redact(text) != text

    def without(self, links: Iterable[str]) -> tuple[str, ...]:
        """Return the links without a secret in them, since a redacted link leads nowhere."""
        return tuple(link for link in links if not self.are_in(part_to_check(link)))

    def count_in(self, *texts: str, marks: Collection[str] = ()) -> int:
        """Return how many values of arguments are in the texts, or have one of the marks."""
        marked = {secret for secret in self.of_arguments if marks and mark_of(secret) in marks}
        found = (found_in(text, self.of_arguments) for text in texts if text)
        return len(marked.union(*found))


def secrets_of_run(context: Context, run: Run) -> Secrets:
    """Return the workspace's key and the secrets in the run's argument.

    Raises:
        DecryptionError: either can't be decrypted.
    """
    return _secrets(context, run.workspace, [run])


def secrets_of_agent(
    context: Context, workspace: str, agent_id: str, of: Run | None = None
) -> Secrets:
    """Return the key, and the secrets in the arguments of our launches of the agent.

    These are the last launches, the open ones, and the run `of`.

    Raises:
        DecryptionError: one of them can't be decrypted.
    """
    going_on = [run for run in context.runs.open(workspace) if run.agent_id == agent_id]
    last = context.runs.of_agent(workspace, agent_id, LAST_LAUNCHES)
    return _secrets(context, workspace, [*([of] if of else []), *going_on, *last])


def discreet(context: Context, run: Run, text: str) -> str:
    """Return `text` without the workspace's key and the secrets in the run's argument.

    A script can print its argument, session cookies included. Return an empty text if the secrets
    can't be decrypted.
    """
    if not text:
        return text
    try:
        return secrets_of_run(context, run).redact(text)
    except DecryptionError:
        return ""


def discreet_ending(ending: Ending, read_secrets: Callable[[], Secrets]) -> Ending:
    """Return the ending without secrets, which are read once, and only if it quotes anything.

    If they can't be decrypted, it quotes nothing.
    """
    if not (ending.said or ending.line or ending.files):
        return ending
    try:
        secrets = read_secrets()
    except DecryptionError:
        return replace(ending, said="", line="", files=())
    return replace(
        ending,
        said=secrets.redact(ending.said),
        line=secrets.redact(ending.line),
        files=secrets.without(ending.files),
    )


def discreet_of_agent(
    context: Context, workspace: str, agent_id: str, *texts: str, of: Run | None = None
) -> tuple[str | None, ...]:
    """Return the texts without the secrets of our launches of the agent, and of the run `of`.

    If the secrets can't be decrypted, return None for each text that isn't empty.
    """
    if not any(texts):
        return texts
    try:
        secrets = secrets_of_agent(context, workspace, agent_id, of)
    except DecryptionError:
        return tuple(None if text else text for text in texts)
    return tuple(map(secrets.redact, texts))


def _secrets(context: Context, workspace: str, runs: list[Run]) -> Secrets:
    """Return the key, and the secrets in the arguments that are too long to occur by chance."""
    arguments = [context.runs.argument(run) for run in {run.id: run for run in runs}.values()]
    held = dict.fromkeys(secret for argument in arguments for secret in secrets_of(argument))
    key = context.keys.key(workspace)
    return Secrets(key.value if key else "", tuple(filter(is_long_enough, held)))
