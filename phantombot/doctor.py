"""Run all checks, with a finding for each; change, post and launch nothing."""

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from phantombot.access.api_keys import ApiKeys
from phantombot.bootstrap import Resources, utc_now
from phantombot.context import Clock
from phantombot.database.clock import CLOCKS_AGREE_WITHIN
from phantombot.database.engine import Database
from phantombot.database.processes import Processes
from phantombot.database.rotate import survey
from phantombot.database.schema import REVISION
from phantombot.database.vault import Vault
from phantombot.errors import (
    AnswerLost,
    DecryptionError,
    Forbidden,
    KeyRejected,
    PhantombusterError,
    PlanUsedUp,
    RateLimited,
    ServerFault,
    SlackError,
    SlackUnavailable,
    StoreUnavailable,
    Unreachable,
)
from phantombot.messages import doctor as checks
from phantombot.messages.doctor import Finding
from phantombot.phantombuster.account import Api, ApiKey
from phantombot.phantombuster.api import Phantombuster
from phantombot.reachability import reach
from phantombot.slack.client import Poster
from phantombot.slack.errors import TOKEN_AT_FAULT
from phantombot.slack.installation_store import Installations
from phantombot.slack.scopes import SCOPES
from phantombot.worker.channel_store import Channels
from phantombot.worker.heartbeat import SEEN_LATELY

_SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
_NO_KEY = ApiKey("none")
"""A wrong key: a server that rejects it is the API."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Target:
    """A bot to examine: a running one, or one known by its settings only."""

    database: Database
    vault: Vault
    slack: Poster
    phantombuster: Phantombuster
    public_url: str
    signing_secret: str = field(default="", repr=False)
    """Empty for a running bot, which has checked a signature already."""
    install_url: str = ""
    """The page that installs the app; empty if it serves one workspace."""
    now: Clock = utc_now
    """The time of this machine's clock, even if the bot's runs faster."""

    def shared_now(self) -> datetime:
        """Return the time of the clock that processes store their heartbeats by.

        Raises:
            StoreUnavailable: the database doesn't answer.
        """
        return self.database.time() or self.now()


def running(resources: Resources) -> Target:
    """Return the target for a running bot."""
    context = resources.context
    return Target(
        database=resources.database,
        vault=resources.vault,
        slack=context.slack,
        phantombuster=context.phantombuster,
        public_url=context.public_url,
        install_url=context.install_url,
    )


def examine_workspace(target: Target, workspace: str, channel: str) -> Iterator[Finding]:
    """Run all checks for one workspace, including whether the channel is open."""
    yield checks.SETTINGS_READ
    yield from _deployment(target, workspace)
    yield from _tenant(target, workspace)
    yield from _guarded("This channel", lambda: _channel(target, workspace, channel))


def examine(target: Target) -> Iterator[Finding]:
    """Run all checks, for every workspace with a key; if none has one, for those with the app."""
    yield checks.SETTINGS_READ
    yield from _deployment(target, None)
    try:
        workspaces = _workspaces(target)
    except StoreUnavailable:
        workspaces = [""]
    if not workspaces:
        yield checks.installed_nowhere(target.install_url)
    for workspace in workspaces:
        for finding in _tenant(target, workspace):
            yield finding.of(workspace) if len(workspaces) > 1 else finding


def _workspaces(target: Target) -> list[str]:
    """Return the workspaces to check; a bot for one workspace learns its id with the first key."""
    with_key = ApiKeys(target.database, target.vault).with_key()
    if with_key or not target.install_url:
        return with_key or [""]
    return Installations(target.database, target.vault).ids()


def _deployment(target: Target, workspace: str | None) -> Iterator[Finding]:
    yield from _guarded("Database", lambda: _database(target))
    yield from _guarded("PHANTOMBOT_SECRET", lambda: _secret(target, workspace))
    yield from _guarded("Signatures", lambda: _signatures(target))
    yield from _guarded("Worker", lambda: _worker(target))
    if target.public_url:
        yield from _guarded("PUBLIC_URL", lambda: _public_url(target))


def _tenant(target: Target, workspace: str) -> Iterator[Finding]:
    yield from _guarded("Slack", lambda: _slack(target, workspace))
    yield from _guarded("Phantombuster", lambda: _phantombuster(target, workspace))


def _guarded(what: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield a check's findings; if it crashes, yield one that says so, and let the others run."""
    try:
        yield from check()
    except StoreUnavailable as error:
        yield checks.unchecked(what, str(error))
    except Exception:  # a crash is a finding too
        reference = uuid.uuid4().hex[:8]
        log.exception("a check failed; reference %s", reference)
        yield checks.unchecked(what, reference)


def _database(target: Target) -> Iterator[Finding]:
    database = target.database
    try:
        database.ping()
    except StoreUnavailable as error:
        yield checks.database_silent(str(error))
        return
    revision = database.revision()
    if revision != REVISION:
        yield checks.tables_behind(revision, REVISION)
        return
    yield _writable(target)
    yield checks.TABLES_CURRENT
    found = database.time()
    if found is not None:
        yield from _clock(target, found, "the database's")


def _writable(target: Target) -> Finding:
    """Check that the database is writable, with a row in `processes` that is deleted at once."""
    process, processes = f"doctor-{uuid.uuid4().hex}", Processes(target.database)
    try:
        processes.seen(process, "doctor", target.shared_now())
        processes.gone(process)
    except StoreUnavailable as error:
        return checks.database_read_only(str(error))
    return checks.database_answers("SQLite" if target.database.is_sqlite else "PostgreSQL")


def _secret(target: Target, workspace: str | None) -> Iterator[Finding]:
    tally = survey(target.database, target.vault, workspace)
    unknown, older = tally.unknown.total(), tally.older.total()
    if unknown:
        yield checks.secret_unknown(unknown)
    if older:
        yield checks.secret_older(older)
    if not unknown and not older:
        yield checks.SECRET_OPENS


def _signatures(target: Target) -> Iterator[Finding]:
    if target.signing_secret and not _SIGNING_SECRET.fullmatch(target.signing_secret):
        yield checks.SIGNING_SECRET_ODD
    now = target.shared_now()
    found = Processes(target.database).mismatches(now)
    if found is not None:
        count, last = found
        yield checks.signatures_wrong(count, (now - last).total_seconds())


def _worker(target: Target) -> Iterator[Finding]:
    seen_at = Processes(target.database).last_seen("worker", "both")
    ago = None if seen_at is None else target.shared_now() - seen_at
    if ago is None or ago > SEEN_LATELY:
        yield checks.worker_away(None if ago is None else ago.total_seconds())
    else:
        yield checks.worker_seen(ago.total_seconds())


def _public_url(target: Target) -> Iterator[Finding]:
    status = reach(target.public_url)
    # A bot that runs but is unhealthy answers /healthz with 503.
    if status in (200, 503):
        yield checks.public_reached(target.public_url)
    else:
        yield checks.public_astray(target.public_url, status)


def _slack(target: Target, workspace: str) -> Iterator[Finding]:
    try:
        standing = target.slack.standing(workspace)
    except SlackError as error:
        refused = error.code in TOKEN_AT_FAULT or not isinstance(error, SlackUnavailable)
        yield checks.token_refused(error.code) if refused else checks.slack_silent(error.code)
        return
    yield checks.TOKEN_TAKEN
    if standing.scopes is None:
        yield checks.SCOPES_UNSAID
    else:
        missing = SCOPES.keys() - standing.scopes
        yield checks.scopes_missing(missing) if missing else checks.SCOPES_COMPLETE
    if standing.at is not None:
        yield next(_clock(target, standing.at, "Slack's"), checks.CLOCK_RIGHT)


def _clock(target: Target, theirs: datetime, whose: str) -> Iterator[Finding]:
    ahead = target.now() - theirs
    if abs(ahead) > CLOCKS_AGREE_WITHIN:
        yield checks.clock_off(ahead.total_seconds(), whose)


def _channel(target: Target, workspace: str, channel: str) -> Iterator[Finding]:
    """Check a channel by its last post, since no call reports archiving or posting rules."""
    closed = Channels(target.database).closed(workspace).get(channel)
    try:
        seen = target.slack.sees(workspace, channel)
    except SlackError as error:
        yield checks.channel_unknown(error.code)
        return
    if channel.startswith("D"):
        yield checks.DIRECT
    elif not seen:
        yield checks.CHANNEL_UNSEEN
    else:
        yield checks.channel_closed(closed.code) if closed else checks.CHANNEL_SEEN


def _phantombuster(target: Target, workspace: str) -> Iterator[Finding]:
    try:
        key = ApiKeys(target.database, target.vault).key(workspace)
    except DecryptionError:
        yield checks.KEY_SEALED
        return
    try:
        _, found = target.phantombuster.check(key or _NO_KEY)
    except KeyRejected:
        yield checks.KEY_REFUSED if key else checks.NO_KEY
    except (ServerFault, RateLimited, Unreachable, AnswerLost) as error:
        yield checks.phantombuster_silent(str(error))
    except (PlanUsedUp, Forbidden) as error:
        yield checks.phantombuster_refuses(str(error))
    except PhantombusterError as error:
        yield checks.phantombuster_elsewhere(str(error))
    else:
        yield from _answering(found, key)


def _answering(found: ApiKey, key: ApiKey | None) -> Iterator[Finding]:
    """Report which API version the account answers in, and whether the workspace uses it."""
    stored = key.api if key else found.api
    if found.api is Api.V1:
        yield checks.V2_GONE if stored is Api.V2 else checks.phantombuster_answers(found.dialect)
        return
    yield checks.ANSWERS_V2
    if stored is Api.V1:
        yield checks.OFFERS_V2
