"""phantombot: launch Phantombuster agents from Slack, and hear what became of them."""

__version__ = "0.1.0"
