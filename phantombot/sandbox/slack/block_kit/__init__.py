"""The blocks and views that Slack accepts, and its words for refusing others."""
