"""phantombot: launch Phantombuster agents from Slack, and follow their runs."""

__version__ = "0.1.0"
