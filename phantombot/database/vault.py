"""Encryption of stored secrets."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from phantombot.errors import DecryptionError

_BOUND = "2:"
"""Prefix of values bound to their place. Earlier releases bound them to the workspace only."""
# Each form has its own keys, so a value whose prefix was removed doesn't open as an older one.
_PLACED, _ANYWHERE = "place", "seal"


@dataclass(frozen=True)
class Place:
    """The one place in the database where an encrypted value can be decrypted."""

    workspace: str
    column: str
    """As `table.column`."""
    row: tuple[str, ...] = ()
    """Identifies the row within the workspace; empty if there is at most one."""

    @property
    def mark(self) -> bytes:
        """Return a digest that differs for every place."""
        framed = "".join(f"{len(part)}:{part}" for part in (self.column, *self.row))
        return hashlib.sha256(framed.encode("utf-8", "surrogatepass")).digest()


class Vault:
    """Encrypts texts with PHANTOMBOT_SECRET, each bound to its place.

    The encryption key is derived from the secret *and* the workspace (HKDF), so a row copied to
    another workspace can't be decrypted. The column and the row are encrypted with the text and
    compared on decryption, so a value moved within its workspace is refused too.
    """

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        self._fernet = lru_cache(maxsize=4096)(self._derive)
        self._newest = lru_cache(maxsize=4096)(self._derive_newest)

    def __repr__(self) -> str:
        return "Vault(…)"

    def seal(self, place: Place, text: str) -> str:
        """Encrypt `text`; only `open` with the same place decrypts it."""
        marked = place.mark + text.encode("utf-8", "surrogatepass")
        return _BOUND + self._fernet(_PLACED, place.workspace).encrypt(marked).decode()

    def open(self, place: Place, sealed: str) -> str:
        """Decrypt a value; an earlier release's value opens anywhere in its workspace.

        Raises:
            DecryptionError: it was sealed under another secret, for another place, or changed.
        """
        purpose = _PLACED if sealed.startswith(_BOUND) else _ANYWHERE
        opened = _opened(self._fernet(purpose, place.workspace), place, sealed)
        if opened is None:
            raise DecryptionError(place.workspace)
        return opened.decode("utf-8", "surrogatepass")

    def is_newest(self, place: Place, sealed: str) -> bool:
        """Return whether it is encrypted with the first secret, and bound to this place."""
        newest = self._newest(place.workspace)
        return sealed.startswith(_BOUND) and _opened(newest, place, sealed) is not None

    def digest(self, workspace: str, *parts: str | None) -> str:
        """Return a keyed digest of `parts`, equal for equal parts, that reveals nothing about them.

        It uses the first secret, so a new secret changes the digests of the same parts. Digests
        only detect duplicates: two equal launches within 10 s, one before and one after the change,
        are both sent.
        """
        framed = "".join("-" if part is None else f"{len(part)}:{part}" for part in parts)
        message = f"{workspace}\0{framed}".encode("utf-8", "surrogatepass")
        return hmac.new(self._digest_key, message, hashlib.sha256).hexdigest()[:32]

    @cached_property
    def _digest_key(self) -> bytes:
        return _hkdf(self._secrets[0], "digest")

    def _derive(self, purpose: str, workspace: str) -> MultiFernet:
        return MultiFernet([_fernet(secret, purpose, workspace) for secret in self._secrets])

    def _derive_newest(self, workspace: str) -> Fernet:
        return _fernet(self._secrets[0], _PLACED, workspace)


def _opened(fernet: Fernet | MultiFernet, place: Place, sealed: str) -> bytes | None:
    """Return the decrypted bytes; None if the value doesn't open there."""
    is_bound = sealed.startswith(_BOUND)
    try:
        opened = fernet.decrypt(sealed.removeprefix(_BOUND).encode())
    except (InvalidToken, UnicodeEncodeError):
        return None
    if not is_bound:
        return opened
    mark = place.mark
    return opened.removeprefix(mark) if opened.startswith(mark) else None


def _fernet(secret: str, purpose: str, workspace: str) -> Fernet:
    return Fernet(urlsafe_b64encode(_hkdf(secret, f"{purpose}/{workspace}")))


def _hkdf(secret: str, purpose: str) -> bytes:
    info = f"phantombot/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
