"""Fill in the Slack app's manifest for a deployment."""

import re

from phantombot.config import EXAMPLE_ADDRESS

_REDIRECTS = re.compile(r"^ *redirect_urls:.*\n(?: +- .*\n)+", re.MULTILINE)
_REQUESTS = re.compile(rf"^ *(?:#.*|\w*url: ){re.escape(EXAMPLE_ADDRESS)}.*\n", re.MULTILINE)


def made_out(manifest: str, address: str, *, socket: bool) -> str:
    """Return `manifest` for a bot at this address, which has no trailing slash.

    With `socket`, Slack sends nothing to the address; it may still be needed to install the app.
    """
    if socket:
        manifest = _REQUESTS.sub("", manifest)
        manifest = manifest.replace("socket_mode_enabled: false", "socket_mode_enabled: true")
    if not address:
        manifest = _REDIRECTS.sub("", manifest)
    return manifest.replace(EXAMPLE_ADDRESS, address)
