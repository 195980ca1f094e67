"""phantombot's `web` as a WSGI callable, for servers other than its own."""

import os

from phantombot.config import read_settings
from phantombot.processes import WebAlone

# What waitress would serve; the socket that it is bound to is never listened on.
api = WebAlone(read_settings(os.environ))._web._server.application
