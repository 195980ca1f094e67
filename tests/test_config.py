import re
from datetime import timedelta
from pathlib import Path

import pytest

from phantombot.config import is_server, read_settings, secrets_in
from phantombot.errors import SettingsError

CONFIGURATION = (Path(__file__).parents[1] / "docs/configuration.md").read_text()

COMPLETE = {
    "SLACK_SIGNING_SECRET": "canary-signing-secret",
    "SLACK_BOT_TOKEN": "xoxb-canary",
    "PHANTOMBOT_SECRET": "canary-secret-0123456789",
}


def test_the_defaults_are_those_of_the_table():
    settings = read_settings(COMPLETE)
    assert (settings.port, settings.database_url) == (3000, "sqlite:///phantombot.db")
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.phantombuster_urls == (
        "https://phantombuster.com/api/",
        "https://api.phantombuster.com/api/",
    )
    assert settings.runs_kept == timedelta(days=90)
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "٣"),
        ("PORT", "9" * 5000),
        ("SLACK_API_URL", "https://canary:99999/"),
        ("SLACK_API_URL", "https://canary:abc/"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "canary"),
        ("SLACK_API_URL", "ftp://canary"),
        ("SLACK_API_URL", "https://"),
        ("PHANTOMBUSTER_API_URL", "https://h/?key=canary"),
        ("PHANTOMBUSTER_API_URL", "https://[canary"),
        ("SLACK_BOT_TOKEN", "canary"),
        ("PHANTOMBOT_SECRET", "canary-secret-0123456789,canary"),
        ("PHANTOMBOT_SECRET", ","),
        ("SLACK_APP_TOKEN", "canary"),
        ("PUBLIC_URL", "canary"),
        ("RUNS_KEPT_DAYS", "canary"),
        ("RUNS_KEPT_DAYS", "7"),
        ("RUNS_KEPT_DAYS", "9" * 5000),
    ],
)
def test_what_makes_no_sense_is_one_sentence_that_names_it(name: str, value: str):
    with pytest.raises(SettingsError) as caught:
        read_settings(COMPLETE | {name: value})
    (problem,) = caught.value.problems
    assert name in problem
    assert problem.endswith(".")
    assert "canary" not in problem


@pytest.mark.parametrize(
    "url", ["https://phantombuster.com/api/v1/", "https://api.phantombuster.com/api/"]
)
def test_a_key_is_sent_to_the_one_address_that_is_set(url: str):
    settings = read_settings(COMPLETE | {"PHANTOMBUSTER_API_URL": url.rstrip("/")})
    assert settings.phantombuster_urls == (url,)


@pytest.mark.parametrize("value", ["'canary'", '"canary"', "can ary", "canary\t1", "“canary”", "'"])
@pytest.mark.parametrize("name", ["SLACK_SIGNING_SECRET", "SLACK_CLIENT_SECRET"])
def test_what_slack_gave_out_is_set_without_quotes_and_spaces(name: str, value: str):
    with pytest.raises(SettingsError) as caught:
        read_settings(MANY | {name: value})
    where = "it stands in the Slack app's Basic Information"
    assert caught.value.problems == (f"{name} must be set without quotes and spaces: {where}.",)


def test_several_problems_are_each_told():
    with pytest.raises(SettingsError) as caught:
        read_settings({"PORT": "x", "SLACK_BOT_TOKEN": "xoxb-canary"})
    assert caught.value.problems == (
        "PORT must be a number from 0 to 65535.",
        "SLACK_SIGNING_SECRET is missing: it stands in the Slack app's Basic Information.",
        "PHANTOMBOT_SECRET is missing: it encrypts the keys; `openssl rand -hex 32` makes one.",
    )


MANY = {name: value for name, value in COMPLETE.items() if name != "SLACK_BOT_TOKEN"} | {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "canary-client-secret",
    "PUBLIC_URL": "https://bot.example.com",
}


def test_many_workspaces_need_no_token_but_an_address():
    settings = read_settings(MANY)
    assert settings.many
    assert (settings.bot_token, settings.public_url) == ("", "https://bot.example.com/")
    assert not read_settings(COMPLETE).many
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"SLACK_BOT_TOKEN": "xoxb-canary"},
            "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many: unset one of them.",
        ),
        (
            {"SLACK_CLIENT_ID": ""},
            "SLACK_CLIENT_ID is missing: it stands in the Slack app's Basic Information.",
        ),
        (
            {"SLACK_CLIENT_SECRET": ""},
            "SLACK_CLIENT_SECRET is missing: it stands in the Slack app's Basic Information.",
        ),
        (
            {"PUBLIC_URL": ""},
            "PUBLIC_URL is missing: Slack sends whoever installs the app back to it.",
        ),
    ],
)
def test_what_contradicts_many_workspaces_is_one_sentence(change: dict[str, str], sentence: str):
    with pytest.raises(SettingsError) as caught:
        read_settings(MANY | change)
    assert caught.value.problems == (sentence,)


def test_socket_mode_needs_no_signing_secret():
    settings = read_settings(
        {**COMPLETE, "SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": "xapp-canary"}
    )
    assert (settings.signing_secret, settings.app_token) == ("", "xapp-canary")
    assert "canary" not in repr(settings)


def test_an_address_gets_its_slash():
    settings = read_settings(COMPLETE | {"SLACK_API_URL": "http://127.0.0.1:9/api"})
    assert settings.slack_api_url == "http://127.0.0.1:9/api/"


def test_several_secrets_are_kept_in_their_order():
    settings = read_settings(COMPLETE | {"PHANTOMBOT_SECRET": f"{'a' * 16}, {'b' * 16},"})
    assert settings.secrets == ("a" * 16, "b" * 16)


def test_runs_are_kept_as_many_days_as_is_said():
    assert read_settings(COMPLETE | {"RUNS_KEPT_DAYS": "30"}).runs_kept == timedelta(days=30)


@pytest.mark.parametrize("environ", [{}, {"SLACK_BOT_TOKEN": " "}, {"PORT": "80", "PATH": "/bin"}])
def test_the_sandbox_is_for_when_nothing_of_a_server_is_set(environ: dict[str, str]):
    assert not is_server(environ)


@pytest.mark.parametrize("name", re.findall(r"^\| `(\w+)`", CONFIGURATION, re.MULTILINE))
def test_with_any_variable_of_a_server_it_is_none_of_the_sandbox(name: str):
    assert is_server({name: "x"}) is (name not in ("PORT", "REQUESTS_CA_BUNDLE"))


def test_every_secret_of_the_environment_is_known_for_redaction():
    environ = COMPLETE | {
        "PHANTOMBOT_SECRET": "canary-new-0123456789, canary-old-0123456789",
        "DATABASE_URL": "postgres://user:canary-password@h/db",
    }
    assert set(secrets_in(environ)) == {
        "canary-signing-secret",
        "xoxb-canary",
        "canary-new-0123456789",
        "canary-old-0123456789",
        "canary-password",
    }
    assert secrets_in({"DATABASE_URL": "u:canary@broken"}) == ("u:canary@broken",)
