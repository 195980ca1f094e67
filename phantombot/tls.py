"""The TLS context, with the authorities for Slack and Phantombuster."""

import os
import ssl
from functools import cache


def tls_context(bundle: str | None = None) -> ssl.SSLContext:
    """Return the process's verifying TLS context.

    In a network whose proxy decrypts TLS, REQUESTS_CA_BUNDLE or SSL_CERT_FILE name the file of its
    authorities, for both services. Elsewhere `bundle` is that file, None for the system's.
    """
    named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
    return _context(named or bundle)


@cache
def _context(cafile: str | None) -> ssl.SSLContext:
    """Return the context for these authorities; making one takes 20 ms."""
    return ssl.create_default_context(cafile=cafile)
