"""Logs: one event per line, as text or JSON, with secrets taken out."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

_SECRETS = (
    re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+"),
    re.compile(r"(?i)(x-phantombuster-key-1\W{1,4})[^\s,'\"}]+"),
    re.compile(r"(?i)(argument=['\"]?)[{\[].*"),
    re.compile(r"(?i)((?:argument|key|token|signature|secret)=['\"]?)[^\s&'\"]+"),
    re.compile(r"https?://\S*(?:hooks\.slack\.com|/response/|/commands/|/actions/)\S*"),
)


def set_up_logs(log_format: str) -> None:
    """Send every record of this process to standard error.

    Libraries that would log requests or statements are kept to their warnings.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if log_format == "json" else _Text())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("slack_bolt", "slack_sdk", "urllib3", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # It logs an outage of the database with stacks; the engine says it in a line.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    # It warns of each request that has to wait for a thread, be it for a millisecond.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def redacted(text: str) -> str:
    """`text` without what looks like a secret."""
    for pattern in _SECRETS:
        text = pattern.sub(lambda match: (match.group(1) if match.re.groups else "") + "•••", text)
    return text


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            event["trace"] = self.formatException(record.exc_info)
        redacted_event = {name: redacted(value) for name, value in event.items()}
        return json.dumps(redacted_event, ensure_ascii=False)
