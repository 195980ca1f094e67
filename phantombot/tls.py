"""The authorities that vouch for Slack and for Phantombuster."""

import os
import ssl


def tls_context(bundle: str | None = None) -> ssl.SSLContext:
    """Return a context that verifies; making one takes 20 ms, so share it between connections.

    In a network whose proxy looks into TLS, REQUESTS_CA_BUNDLE or SSL_CERT_FILE name the file of
    its authorities, for both services. Elsewhere `bundle` is that file, None for the system's.
    """
    named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
    return ssl.create_default_context(cafile=named or bundle)
