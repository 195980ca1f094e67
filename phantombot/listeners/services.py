"""What the listeners are handed, and the care each of them takes."""

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from phantombot.access.api_keys import Workspaces
from phantombot.access.audit_store import Audit
from phantombot.access.rules import Asker
from phantombot.access.rules_store import Access
from phantombot.agents.catalog import KnownAgents
from phantombot.errors import CannotPost, SlackError, SlackRefused, StoreUnavailable
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import store_unavailable, unexpected
from phantombot.messages.doctor import Finding
from phantombot.phantombuster.v1 import Client
from phantombot.ports import Clock, Ports
from phantombot.runs.request import Launch
from phantombot.runs.store import Runs
from phantombot.slack.client import Poster
from phantombot.slack.installations import Installed
from phantombot.watches.store import Watches

Body = Mapping[str, Any]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Services:
    """Everything a listener may use."""

    runs: Runs
    workspaces: Workspaces
    poster: Poster
    phantombuster: Client
    wake: Callable[[str], None]
    launch: Launch
    """Has a stored run launched at once."""
    pool: Executor
    """Where everything slow is done, after the acknowledgement."""
    clock: Clock
    ports: Ports
    """What the core is handed."""
    examine: Callable[[str, str], Iterable[Finding]]
    """Checks what can be wrong for a workspace, and in one of its channels."""
    access: Access
    audit: Audit
    agents: KnownAgents
    watches: Watches
    installed: Installed
    public_url: str = ""
    """Where the world reaches the bot, with a slash at its end; empty where that is not known."""
    install_url: str = ""
    """Where the app is installed from; empty where it serves the one workspace."""


def guarded(answer: Callable[[], Message | None]) -> Message | None:
    """The answer; whatever goes wrong becomes a sentence with a reference to the log."""
    reference = uuid.uuid4().hex[:8]
    try:
        return answer()
    except StoreUnavailable as error:
        log.error("the database does not answer (%s); reference %s", error, reference)
        return store_unavailable(reference)
    except Exception:  # nothing may leave a listener: Bolt would answer 500, Slack would say so
        log.exception("a listener failed; reference %s", reference)
        return unexpected(reference)


def later(
    services: Services, body: Body, answer: Callable[[], Message | None], *, replace: bool = False
) -> None:
    """Do what is slow after the acknowledgement, and whisper its answer.

    `replace` puts it in the place of the message that the pressed button stands in.
    """

    def work() -> None:
        message = guarded(answer)
        if message is not None:
            _whisper(services, body, message, replace=replace)

    services.pool.submit(work)


def whisper(services: Services, body: Body, text: str, *, replace: bool = False) -> None:
    """Say one thing to whoever pressed or typed, after the acknowledgement."""
    later(services, body, lambda: plain(text), replace=replace)


def workspace_of(body: Body) -> str:
    """The team's id; an org-wide install without a team goes by the organisation's."""
    team, enterprise = body.get("team"), body.get("enterprise")
    ids = (
        body.get("team_id"),
        team.get("id") if isinstance(team, dict) else None,
        body.get("enterprise_id"),
        enterprise.get("id") if isinstance(enterprise, dict) else None,
    )
    return next((str(found) for found in ids if found), "")


def asker_of(body: Body) -> Asker:
    """Who typed a command or pressed a button, and where."""
    user, channel = body.get("user") or {}, body.get("channel") or {}
    return Asker(
        workspace_of(body),
        str(body.get("user_id") or user.get("id") or ""),
        str(body.get("channel_id") or channel.get("id") or _container_of(body) or ""),
    )


def is_written(body: Body) -> bool:
    """Whether the command was written in a message, and not typed behind `/phantom`."""
    return "invocation" in body


def enterprise_of(body: Body) -> str:
    """The organisation's id, on Enterprise Grid; else empty."""
    enterprise = body.get("enterprise")
    named = enterprise.get("id") if isinstance(enterprise, dict) else None
    return str(body.get("enterprise_id") or named or "")


def installer_of(body: Body) -> str:
    """The organisation whose installation hears of it, for all of its teams; else empty.

    Whatever else is said of organisations may be about a stranger's, in a shared channel.
    """
    granted = (body.get("authorizations") or [body])[0]
    org_wide = str(granted.get("is_enterprise_install")).lower() == "true"
    return (enterprise_of(granted) or enterprise_of(body)) if org_wide else ""


def is_stranger(body: Body) -> bool:
    """Whether the payload says that the presser is of another workspace, as Slack Connect has them.

    In an organisation it does not say: whoever belongs to several workspaces has one home. There,
    what the button does finds out.
    """
    home = body["user"].get("team_id")
    return bool(home) and home != workspace_of(body) and not enterprise_of(body)


def _container_of(body: Body) -> str:
    return str((body.get("container") or {}).get("channel_id") or "")


def _whisper(services: Services, body: Body, message: Message, *, replace: bool) -> None:
    response_url = str(body.get("response_url") or "")
    if not response_url:
        # Shortcuts, and what is pressed in App Home, come from no channel.
        _say_directly(services, body, message)
        return
    try:
        services.poster.whisper(workspace_of(body), response_url, message, replace=replace)
    except (CannotPost, SlackRefused) as error:
        log.info("an answer could not be given in its place: %s", error.code)
        _say_directly(services, body, message)
    except SlackError as error:
        log.warning("an answer could not be given: %s", error.code)


def _say_directly(services: Services, body: Body, message: Message) -> None:
    """By direct message: a response_url is spent, or the channel is closed to the bot."""
    asker = asker_of(body)
    try:
        services.poster.post(asker.workspace, asker.user, message)
    except SlackError as error:
        log.warning("an answer could not be given: %s", error.code)
