"""Socket Mode: receive from Slack through a connection that we open, so no address is needed."""

import http.client
import logging
import re
import select
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from phantombot.database.deadline import answering

PING_EVERY = 5.0
"""Seconds."""
PINGS_MISSED = 3
"""Unanswered pings after which the connection counts as dead."""
LONG_GONE = 60.0
"""Seconds without a connection after which this process is unhealthy."""

_CONCURRENCY = 10
_MOST_WAITING = 1000
_ENVELOPE = re.compile(r'"envelope_id"\s*:\s*"([^"]+)"')
_CLOSES_WITHIN = 2.0
_GONE = getattr(select, "POLLRDHUP", select.POLLHUP)
"""The other end has closed; POLLRDHUP exists on Linux only."""

log = logging.getLogger(__name__)


class Socket:
    """Passes what arrives through the socket to the app's listeners, as HTTP does.

    slack_sdk's client pings, and reconnects when Slack disconnects, or goes silent after a first
    answer. It gives up when the first connection fails, never notices a connection that was silent
    from the start, and reads a cut one in a busy loop until its pings fail. The watchdog here
    handles all three, and uses only the connection and the answers to pings.
    """

    def __init__(
        self,
        app: App,
        app_token: str,
        web_client: WebClient,
        acknowledged: Callable[[int, float], None],
        ping_every: float = PING_EVERY,
    ) -> None:
        self._handler = _Handler(app, app_token, web_client, acknowledged, ping_every)
        self._client = self._handler.client
        self._ping_every = ping_every
        self._heard: object = None
        self._heard_at = self._tried_at = time.monotonic()
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._watching, name="socket", daemon=True)

    def start(self) -> None:
        """Connect, and stay connected, on threads of its own."""
        self._watch.start()

    def stop(self, timeout: float) -> None:
        """Answer what has arrived, within this many seconds, then close."""
        deadline = time.monotonic() + timeout
        while self._handler.unanswered and time.monotonic() < deadline:
            time.sleep(0.01)
        self._stopping.set()
        closing = threading.Thread(target=self._close, daemon=True)
        closing.start()
        closing.join(_CLOSES_WITHIN)

    def _close(self) -> None:
        """Close; slack_sdk raises if it has just closed the connection itself."""
        with suppress(AttributeError):
            self._client.close()
            return
        self._client.close()

    @property
    def well(self) -> bool:
        """Return whether anything arrived from Slack recently."""
        return time.monotonic() - self._heard_at < LONG_GONE

    def _watching(self) -> None:
        self._connect()
        while not self._stopping.wait(self._ping_every / 5):
            self._listen()
            silent = time.monotonic() - self._tried_at > PINGS_MISSED * self._ping_every
            if silent or self._was_cut():
                log.warning("Slack's socket %s; reconnecting", "is silent" if silent else "was cut")
                self._connect()

    def _listen(self) -> None:
        """Note whether anything new has arrived: an answer to a ping, or a message."""
        session = self._client.current_session
        answered = getattr(session, "last_ping_pong_time", None)
        heard = (getattr(session, "session_id", None), answered, self._handler.received)
        if heard != self._heard and (answered or self._handler.received):
            self._heard, self._heard_at = heard, time.monotonic()
            self._tried_at = self._heard_at

    def _was_cut(self) -> bool:
        """Return whether the other end has gone without closing the connection."""
        session = self._client.current_session
        if session is None or session.sock is None:
            return False
        look = select.poll()
        with suppress(ValueError):  # slack_sdk has just closed it
            look.register(session.sock, _GONE)
        return look.poll(0) != []

    def _connect(self) -> None:
        self._tried_at = time.monotonic()
        try:
            self._client.connect_to_new_endpoint(force=True)
        except SlackApiError as error:
            log.error("Slack refuses the socket (%s): see SLACK_APP_TOKEN", error.response["error"])
        except (OSError, http.client.HTTPException, SlackClientError, ValueError) as error:
            log.warning("Slack's socket cannot be opened (%s)", type(error).__name__)
        except Exception:  # without its watchdog, the bot would never reconnect
            log.exception("Slack's socket cannot be opened")


class _Handler(SocketModeHandler):
    """Bolt's handler, which also counts unanswered requests."""

    def __init__(
        self,
        app: App,
        app_token: str,
        web_client: WebClient,
        acknowledged: Callable[[int, float], None],
        ping_every: float,
    ) -> None:
        super().__init__(
            app,
            app_token,
            logger=logging.getLogger("slack_bolt"),
            web_client=web_client,
            ping_interval=ping_every,
            concurrency=_CONCURRENCY,
        )
        self._acknowledged = acknowledged
        self._lock = threading.Lock()
        self.received = 0
        self._answered = 0
        self._arrived: dict[str, float] = {}
        """When each envelope that waits for a thread arrived."""
        self.client.on_message_listeners.append(self._came)

    @property
    def unanswered(self) -> bool:
        """Return whether any request isn't acknowledged yet."""
        with self._lock:
            return self.received > self._answered

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        """Acknowledge through the socket; if that fails, Slack shows an error or sends again."""
        arrived = self._arrived.pop(req.envelope_id, time.monotonic())
        try:
            with answering(arrived):
                response = run_bolt_app(self.app, req)
            self._acknowledged(response.status, time.monotonic() - arrived)
            send_response(client, req, response, time.time())
        except (OSError, SlackClientError) as error:
            log.warning("an acknowledgement could not be sent (%s)", type(error).__name__)
        finally:
            with self._lock:
                self._answered += 1

    def _came(self, message: str) -> None:
        envelope = _ENVELOPE.search(message)
        if envelope is not None:
            with self._lock:
                self.received += 1
                if len(self._arrived) > _MOST_WAITING:  # some were handled before they were noted
                    self._arrived.clear()
                self._arrived[envelope[1]] = time.monotonic()
