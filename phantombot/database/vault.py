"""Encryption of stored secrets."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import cached_property, lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from phantombot.errors import DecryptionError


class Vault:
    """Encrypts texts with PHANTOMBOT_SECRET, each bound to its workspace.

    The encryption key is derived from the secret *and* the workspace (HKDF), so that a row copied
    to another workspace can't be decrypted.
    """

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        self._fernet = lru_cache(maxsize=4096)(self._derive)
        self._newest = lru_cache(maxsize=4096)(self._derive_newest)

    def __repr__(self) -> str:
        return "Vault(…)"

    def seal(self, workspace: str, text: str) -> str:
        """Encrypt `text`; only `open` with the same workspace decrypts it."""
        return self._fernet(workspace).encrypt(text.encode("utf-8", "surrogatepass")).decode()

    def open(self, workspace: str, sealed: str) -> str:
        """Decrypt a value.

        Raises:
            DecryptionError: it was sealed under another secret, for another workspace, or changed.
        """
        try:
            opened = self._fernet(workspace).decrypt(sealed.encode())
        except (InvalidToken, UnicodeEncodeError):
            raise DecryptionError(workspace) from None
        return opened.decode("utf-8", "surrogatepass")

    def is_newest(self, workspace: str, sealed: str) -> bool:
        """Return whether it is encrypted with the first secret, for this workspace."""
        try:
            self._newest(workspace).decrypt(sealed.encode())
        except (InvalidToken, UnicodeEncodeError):
            return False
        return True

    def digest(self, workspace: str, *parts: str | None) -> str:
        """Return a keyed digest of `parts`, equal for equal parts, that reveals nothing of them.

        It uses the first secret, so a new one changes the digests of the same parts. They only
        detect duplicates: of two equal launches within 10 s, one before and one after the change,
        both are sent.
        """
        framed = "".join("-" if part is None else f"{len(part)}:{part}" for part in parts)
        message = f"{workspace}\0{framed}".encode("utf-8", "surrogatepass")
        return hmac.new(self._digest_key, message, hashlib.sha256).hexdigest()[:32]

    @cached_property
    def _digest_key(self) -> bytes:
        return _hkdf(self._secrets[0], "digest")

    def _derive(self, workspace: str) -> MultiFernet:
        return MultiFernet([_fernet(secret, workspace) for secret in self._secrets])

    def _derive_newest(self, workspace: str) -> Fernet:
        return _fernet(self._secrets[0], workspace)


def _fernet(secret: str, workspace: str) -> Fernet:
    return Fernet(urlsafe_b64encode(_hkdf(secret, f"seal/{workspace}")))


def _hkdf(secret: str, purpose: str) -> bytes:
    info = f"phantombot/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
