"""File uploads: Slack issues a URL, the bytes are posted there, and the file is shared."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from phantombot.sandbox.slack.values import Refusal


@dataclass(frozen=True)
class Upload:
    """An announced file; `content` is None until its bytes have arrived."""

    id: str
    path: str
    name: str
    length: int
    content: bytes | None = None


class Uploads:
    """Announced files that are not yet shared. Call only while holding the workspace's lock."""

    def __init__(self) -> None:
        self._by_path: dict[str, Upload] = {}

    def announce(self, name: str, length: int) -> Upload:
        """Issue a file id, and a path where the bytes can be posted once."""
        path = f"/upload/v1/{secrets.token_urlsafe(24)}"
        self._by_path[path] = Upload(f"F{secrets.token_hex(5).upper()}", path, name, length)
        return self._by_path[path]

    def receive(self, path: str, content: bytes) -> Upload:
        """Receive the bytes.

        Raises:
            Refusal: the path was never issued, was used, or other bytes were announced. Slack's
                answers to these are undocumented.
        """
        upload = self._by_path.get(path)
        if upload is None or upload.content is not None:
            raise Refusal("invalid_upload_url")
        if upload.length != len(content):
            raise Refusal("length_mismatch", f"announced {upload.length}, came {len(content)}")
        self._by_path[path] = replace(upload, content=content)
        return self._by_path[path]

    def arrived(self, file_id: Any) -> Upload:
        """Return a file whose bytes have arrived and which is not yet shared.

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
