"""Logging: one event per line, as text or JSON, with secrets redacted."""

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime

_SECRETS = (
    re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+"),
    re.compile(r"(?i)(x-phantombuster-key-1\W{1,4})[^\s,'\"}]+"),
    re.compile(r"(?i)(argument=['\"]?)[{\[].*"),
    re.compile(r"(?i)((?:argument|key|token|signature|secret)=['\"]?)[^\s&'\"]+"),
    re.compile(r"(?i)(authorization\W{1,4}(?:(?:bearer|basic) )?)[^\s,'\"}]+"),
    re.compile(r"([a-z][a-z0-9+]{1,20}://[^\s:/@]*:)[^\s/@]+(?=@)"),
    re.compile(
        r"""(?i)(["'][\w-]*(?:key|token|secret|cookie|password|argument)[\w-]*["']\s*:\s*)"""
        r"""(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)"""
    ),
    re.compile(r"(/hooks/)[\w-]{20,}"),
    re.compile(r"gAAAA[\w-]{20,}=*"),
    re.compile(r"https?://\S*(?:hooks\.slack\.com|/response/|/commands/|/actions/)\S*"),
)


def set_up_logs(log_format: str, secrets: Iterable[str] = ()) -> None:
    """Send every record of this process to standard error, without any of these `secrets`.

    Libraries that would log requests or statements log warnings only.
    """
    handler = logging.StreamHandler(sys.stderr)
    known = tuple(secrets)
    handler.setFormatter(_Json(known) if log_format == "json" else _Text(known))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("slack_bolt", "slack_sdk", "urllib3", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # It logs database outages with stack traces; our engine logs each in one line.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    # It warns about each request that waits for a thread, even for a millisecond.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` without known secrets, or anything that looks like one."""
    for secret in secrets:
        text = text.replace(secret, "•••")
    for pattern in _SECRETS:
        text = pattern.sub(lambda match: (match.group(1) if match.re.groups else "") + "•••", text)
    return text


class Seldom:
    """Limits how often a line is logged that anybody outside can cause; safe for threads."""

    def __init__(self, every: float = 60.0) -> None:
        self._every = every
        self._lock = threading.Lock()
        self._due_at = 0.0

    def is_due(self) -> bool:
        """Return whether the interval has passed since this last returned True."""
        now = time.monotonic()
        with self._lock:
            if now < self._due_at:
                return False
            self._due_at = now + self._every
            return True


class _Text(logging.Formatter):
    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = secrets

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record), self._secrets)


class _Json(logging.Formatter):
    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            event["trace"] = self.formatException(record.exc_info)
        redacted_event = {name: redacted(value, self._secrets) for name, value in event.items()}
        return json.dumps(redacted_event, ensure_ascii=False)
