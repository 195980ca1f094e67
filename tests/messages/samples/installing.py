from messages.sampling import sample

from phantombot.messages.installing import (
    denied_page,
    installed_page,
    not_installed,
    slack_refused_page,
    stale_page,
    try_later_page,
)

INSTALL = "https://bot.example/slack/install"

SAMPLES = [
    sample(not_installed, "a command", INSTALL),
    sample(installed_page, "done", "Acme", "https://slack.com/app_redirect?app=A1&team=T1"),
    sample(denied_page, "the admin said no", INSTALL),
    sample(stale_page, "an old link", INSTALL),
    sample(slack_refused_page, "Slack refuses", INSTALL),
    sample(try_later_page, "Slack does not answer", INSTALL),
]
