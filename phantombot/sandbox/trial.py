"""`python bot.py sandbox`: the real bot between a local Slack and a local Phantombuster."""

import secrets
import tempfile
import time
from collections.abc import Callable, Mapping

from phantombot.config import PORT, Settings, read_port
from phantombot.errors import SettingsError
from phantombot.phantombuster.account import ApiKey
from phantombot.processes import Process, utc_now
from phantombot.sandbox.first_steps import FIRST_LINE
from phantombot.sandbox.phantombuster import AGENTS, DEFAULT_FORM, LARGE, LocalPhantombuster
from phantombot.sandbox.script import Player, Transcript, parse_script
from phantombot.sandbox.server import LOOPBACK
from phantombot.sandbox.slack import LocalSlack
from phantombot.signals import EndSignal
from phantombot.slack.scopes import EVENTS, SCOPES
from phantombot.sockets import listen

ADMIN = "U0ADA"
TEAM = "T0SANDBOX"
SCRIPT_SPEED = 8.0
"""How many times as fast as real time a script runs."""

_WELCOME = """
  phantombot's sandbox is up. Nothing leaves this machine.

    Open    {page}
    Type    {line}

  {port}Ctrl-C stops it.
"""


class Trial:
    """Slack, Phantombuster and the bot on this machine, connected to each other.

    The page is at `port`. With a `speed`, their time passes that much faster.
    """

    def __init__(
        self, port: int, folder: str, form: str = DEFAULT_FORM, *, speed: float = 1.0
    ) -> None:
        signing_secret, bot_token = secrets.token_hex(16), f"xoxb-{secrets.token_hex(16)}"
        self.slack = _slack_at(port, signing_secret, bot_token)
        self.phantombuster = LocalPhantombuster(
            form=form, agents=(*AGENTS, LARGE), clock=_hurried(speed)
        )
        bound = listen(0, LOOPBACK)
        bot_url = f"http://{LOOPBACK}:{bound.getsockname()[1]}/"
        self.bot = Process(
            Settings(
                port=0,
                signing_secret=signing_secret,
                bot_token=bot_token,
                secrets=(secrets.token_hex(32),),
                database_url=f"sqlite:///{folder}/sandbox.db",
                slack_api_url=self.slack.api_url,
                phantombuster_api_url=self.phantombuster.root,
                public_url=bot_url if port else "",
            ),
            speed,
            bound,
        )
        self.slack.show_panel(self.phantombuster)
        self.slack.bot_url = f"{bot_url}slack/events"

    def start(self) -> None:
        """Start all three and store the key, so that the first line typed works."""
        self.phantombuster.start()
        self.slack.start()
        self._store_key()
        self.bot.start()

    def _store_key(self) -> None:
        """Store the key as the key form does."""
        key, at = self.phantombuster.key, utc_now()
        account, checked = self.bot.context.phantombuster.check(ApiKey(key))
        self.bot.context.keys.store_key(
            TEAM,
            key,
            by=ADMIN,
            at=at,
            dialect=checked.dialect,
            api=checked.api,
            org=checked.org,
        )
        self.bot.context.agents.learn(TEAM, account, key_at=at)

    def busy(self) -> bool:
        """Return whether the bot is following a run."""
        return self.bot.context.runs.count_open() > 0

    def stop(self) -> None:
        """Stop all three, the bot first."""
        self.bot.stop()
        self.slack.stop()
        self.phantombuster.stop()


def _slack_at(port: int, signing_secret: str, bot_token: str) -> LocalSlack:
    try:
        return LocalSlack(
            port=port,
            signing_secret=signing_secret,
            bot_token=bot_token,
            team=TEAM,
            scopes=SCOPES,
            events=EVENTS,
        )
    except OSError:
        raise SettingsError(f"PORT {port} can't be listened on; set PORT to a free one.") from None


def _hurried(speed: float) -> Callable[[], float]:
    """Return a clock that counts seconds from now, `speed` times as fast."""
    began = time.monotonic()
    return lambda: (time.monotonic() - began) * speed


def try_out(environ: Mapping[str, str], form: str) -> None:
    """Run the sandbox until SIGINT or SIGTERM, on a database that is deleted afterwards.

    Raises:
        SettingsError: PORT is invalid, or was set and is in use.
    """
    ending = EndSignal()
    with tempfile.TemporaryDirectory(prefix="phantombot-") as folder:
        trial, note = _on_a_free_port(environ, folder, form)
        trial.start()
        print(_WELCOME.format(page=trial.slack.url, line=FIRST_LINE, port=note), flush=True)  # noqa: T201 - the page's address is what this command is for
        ending.wait()
        trial.stop()


def play(
    script: str, form: str, say: Callable[[str], None], speed: float = SCRIPT_SPEED
) -> str | None:
    """Play a script in fast motion, and print the channel line by line.

    Return a sentence if a line couldn't be played.

    Raises:
        SettingsError: the script is invalid.
    """
    lines = parse_script(script)
    with tempfile.TemporaryDirectory(prefix="phantombot-") as folder:
        trial = Trial(0, folder, form, speed=speed)
        transcript = Transcript(say)
        trial.slack.hear(transcript.hear)
        trial.start()
        try:
            return Player(trial.slack, transcript, trial.busy).play(lines)
        finally:
            trial.stop()


def _on_a_free_port(environ: Mapping[str, str], folder: str, form: str) -> tuple[Trial, str]:
    """Start on PORT; use another free port only if PORT was not set."""
    port = read_port(environ)
    try:
        return Trial(port, folder, form), ""
    except SettingsError:
        if environ.get("PORT", "").strip():
            raise
        return Trial(0, folder, form), f"Port {PORT} is taken, so this is another. "
