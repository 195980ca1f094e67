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
IN_SLACK = ("slack://app?team=T1&id=A1&tab=messages", "https://slack.com/app_redirect?app=A1")

SAMPLES = [
    sample(not_installed, "a command", INSTALL),
    sample(installed_page, "in a workspace", "Acme", *IN_SLACK, org_wide=False),
    sample(installed_page, "in an organisation", "Acme", *IN_SLACK, org_wide=True),
    sample(denied_page, "the admin said no", INSTALL),
    sample(stale_page, "an old link", INSTALL),
    sample(slack_refused_page, "Slack refuses", INSTALL),
    sample(try_later_page, "Slack does not answer", INSTALL),
]
