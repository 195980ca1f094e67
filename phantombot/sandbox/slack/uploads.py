"""Files on their way to Slack: an address is handed out, bytes come there, the file is shared."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from phantombot.sandbox.slack.values import Refusal


@dataclass(frozen=True)
class Upload:
    """A file that was announced; `content` is None until its bytes have come."""

    id: str
    path: str
    name: str
    length: int
    content: bytes | None = None


class Uploads:
    """Announced files that are not yet shared. Ask only while holding the workspace's lock."""

    def __init__(self) -> None:
        self._by_path: dict[str, Upload] = {}

    def announce(self, name: str, length: int) -> Upload:
        """Hand out a file id, and a path where the bytes may be posted once."""
        path = f"/upload/v1/{secrets.token_urlsafe(24)}"
        self._by_path[path] = Upload(f"F{secrets.token_hex(5).upper()}", path, name, length)
        return self._by_path[path]

    def receive(self, path: str, content: bytes) -> Upload:
        """Take the bytes in.

        Raises:
            Refusal: the path was never handed out, was used, or other bytes were announced. What
                Slack says then is documented nowhere.
        """
        upload = self._by_path.get(path)
        if upload is None or upload.content is not None:
            raise Refusal("invalid_upload_url")
        if upload.length != len(content):
            raise Refusal("length_mismatch", f"announced {upload.length}, came {len(content)}")
        self._by_path[path] = replace(upload, content=content)
        return self._by_path[path]

    def arrived(self, file_id: Any) -> Upload:
        """A file whose bytes have come and which is not yet shared.

        Raises:
            Refusal: `file_not_found`.
        """
        for upload in self._by_path.values():
            if upload.id == file_id and upload.content is not None:
                return upload
        raise Refusal("file_not_found")

    def done(self, upload: Upload) -> None:
        """Forget a file that is shared now."""
        del self._by_path[upload.path]
