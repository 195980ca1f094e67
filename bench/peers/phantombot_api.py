"""phantombot's `web` as a WSGI callable, for servers other than its own."""

import os

from phantombot.serving import WebAlone
from phantombot.settings import read_settings

# What waitress would serve; the socket that it is bound to is never listened on.
api = WebAlone(read_settings(os.environ))._web._server._server.application
