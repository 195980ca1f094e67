"""The manifest, made out for a bot with an address and for one in Socket Mode."""

from pathlib import Path

import pytest

from phantombot.config import EXAMPLE_ADDRESS, read_manifest_address
from phantombot.errors import SettingsError
from phantombot.slack.manifest import made_out

MANIFEST = (Path(__file__).parents[2] / "manifest.yml").read_text()
ADDRESS = "https://bot.acme.test"
SOCKET = {"SLACK_APP_TOKEN": "xapp-1"}
MANY = {"SLACK_CLIENT_ID": "1.2"}


def test_an_address_stands_in_every_place():
    made = made_out(MANIFEST, ADDRESS, socket=False)
    assert made == MANIFEST.replace(EXAMPLE_ADDRESS, ADDRESS)
    assert "socket_mode_enabled: false" in made


def test_in_socket_mode_no_address_is_left_but_all_else_is():
    made = made_out(MANIFEST, "", socket=True)
    assert "http" not in made
    assert "url" not in made
    assert "socket_mode_enabled: true" in made
    gone = set(MANIFEST.splitlines()) - set(made.splitlines())
    assert all("url" in line or EXAMPLE_ADDRESS in line or "socket" in line for line in gone)
    assert made.startswith("_metadata:")


def test_in_socket_mode_who_installs_the_app_still_comes_back_to_an_address():
    made = made_out(MANIFEST, ADDRESS, socket=True)
    assert (
        f"  redirect_urls: # asked for where many workspaces install the app\n    - {ADDRESS}/"
        in made
    )
    assert made.count(ADDRESS) == 1


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"PUBLIC_URL": f"{ADDRESS}/"}, ADDRESS),
        (SOCKET, ""),
        (SOCKET | {"PUBLIC_URL": ADDRESS}, ADDRESS),
        (SOCKET | MANY | {"PUBLIC_URL": ADDRESS}, ADDRESS),
    ],
)
def test_an_address_is_needed_only_where_slack_goes_there(environ: dict[str, str], address: str):
    assert read_manifest_address(environ) == address


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "in Socket Mode, set SLACK_APP_TOKEN instead."),
        (SOCKET | MANY, "Slack sends whoever installs the app back to it."),
        (SOCKET | {"PUBLIC_URL": "http://bot.acme.test"}, "since Slack sends nowhere else."),
    ],
)
def test_an_address_that_is_missing_or_of_no_use_is_one_sentence(
    environ: dict[str, str], sentence: str
):
    with pytest.raises(SettingsError) as caught:
        read_manifest_address(environ)
    (problem,) = caught.value.problems
    assert problem.startswith("PUBLIC_URL ")
    assert problem.endswith(sentence)
