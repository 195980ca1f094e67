"""What Slack takes as blocks and views, and in which words it refuses what it does not."""
