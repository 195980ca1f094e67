"""The pages around installing: they load nothing, and what others name stands there as text."""

import re
from base64 import b64encode
from hashlib import sha256

from phantombot.messages.installing import denied_page, installed_page
from phantombot.slack.oauth_pages import page_headers, rendered

APP = "slack://app?team=T1&id=A1&tab=messages"
WEB = "https://slack.com/app_redirect?app=A1&team=T1"


def test_the_policy_allows_the_pages_own_style_and_nothing_else():
    (style,) = re.findall(
        r"<style>(.*?)</style>", rendered(denied_page("/slack/install")), re.DOTALL
    )
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = dict(page_headers())["Content-Security-Policy"]
    assert f"default-src 'none'; style-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_page_asks_for_nothing():
    html = rendered(installed_page("Acme", APP, WEB, org_wide=False))
    assert not re.search(r"src=|url\(|@import|<link|<script|style=|onclick", html)


def test_slack_is_opened_in_its_app_or_in_the_browser():
    html = rendered(installed_page("Acme", APP, WEB, org_wide=False))
    assert re.findall(r'href="([^"]*)"', html) == [
        "slack://app?team=T1&amp;id=A1&amp;tab=messages",
        "https://slack.com/app_redirect?app=A1&amp;team=T1",
    ]


def test_a_workspaces_name_is_text():
    html = rendered(installed_page('<b>Acme & "Sons"', APP, WEB, org_wide=True))
    assert html.count("phantombot is installed in &lt;b&gt;Acme &amp; &quot;Sons&quot;") == 2
    assert "<b>Acme" not in html
