"""Scopes the bot needs, and events it subscribes to.

A test compares them with the manifest.
"""

SCOPES = {
    "app_mentions:read": "hears `@phantombot launch …` where it is a member",
    "channels:read": "hears that it was added to a public channel",
    "chat:write": "posts and edits the runs' messages",
    "chat:write.public": "in public channels without an invitation",
    "commands": "/phantom",
    "files:write": "puts large results into a run's thread",
    "groups:read": "hears that it was added to a private channel",
    "im:history": "hears the direct messages that it is sent",
    "usergroups:read": "asks who is in a user group that may launch",
    "users:read": "asks who is an admin, a guest or a stranger",
}
"""Each bot scope, and its use."""

EVENTS = {
    "app_home_opened": "draws App Home",
    "app_mention": "`@phantombot launch …` in a channel or a thread",
    "app_uninstalled": "erases what is stored of the workspace",
    "member_joined_channel": "says in a channel what it can do there, when it is added",
    "message.im": "`launch …` in a direct message",
    "team_access_revoked": "an organisation withdraws the app from some of its workspaces",
    "tokens_revoked": "so does this one; either may come first, or alone",
}
"""Each bot event, and its use."""
