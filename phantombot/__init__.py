"""phantombot: launch Phantombuster agents from Slack, and hear what became of them."""
