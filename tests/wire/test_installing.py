"""The app comes into a workspace, and goes: in the browser, by events, and in the store."""

import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from fakes import key_value
from patience import PATIENCE, becomes
from sqlalchemy import inspect, select, table, text

from phantombot.database.schema import metadata
from phantombot.processes import utc_now
from phantombot.slack.scopes import SCOPES

from .conftest import KEY, Wire, ask, for_many
from .installing import Browser
from .killing import at_phantombusters
from .test_requests import signed

LINE = 'launch 785 casperjs {"a": "canary-argument"}'


def everything(wire: Wire) -> str:
    assert wire.process is not None
    with wire.process.database.reading() as connection:
        return repr([connection.execute(select(table)).all() for table in metadata.sorted_tables])


def sealed(wire: Wire, team: str) -> list[str]:
    """Return the token and the key of a team, as they are stored."""
    tables = metadata.tables
    kept = (("installations", "workspace", "bot_token"), ("workspaces", "id", "api_key"))
    with wire.process.database.reading() as connection:
        return [
            connection.execute(
                select(tables[name].c[secret]).where(tables[name].c[whose] == team)
            ).scalar_one()
            for name, whose, secret in kept
        ]


def in_any_table(wire: Wire, *words: str) -> bool:
    """Return whether a word stands anywhere in the database, in tables of others' too."""
    with wire.process.database.reading() as connection:
        rows = [
            connection.execute(select(text("*")).select_from(table(name))).all()
            for name in inspect(connection).get_table_names()
        ]
    return any(word in repr(rows) for word in words)


def key_of(wire: Wire, team: str) -> str | None:
    assert wire.process is not None
    return key_value(wire.process.context.keys, team)


def store_key(wire: Wire, team: str) -> None:
    assert wire.process is not None
    wire.process.context.keys.store_key(team, KEY, by="U0ADA", at=utc_now())


def answer(wire: Wire, team: str, line: str = "lanch") -> str:
    delivery = wire.slack.command(line, channel=f"C{team[1:]}X1", team=team)
    assert delivery.status == 200
    return str(delivery.body["text"])


@pytest.fixture
def teams(many: Wire) -> Wire:
    many.slack.add_team("T0001")
    many.slack.add_team("T0002")
    return many


def test_the_page_leads_to_slack_with_a_state_and_the_scopes(teams: Wire):
    browser = Browser(teams)
    address = urlsplit(browser.begin())
    asked = dict(parse_qsl(address.query))
    assert address.geturl().startswith(f"{teams.slack.url}/oauth/v2/authorize?")
    assert asked["redirect_uri"] == "https://phantombot.example.com/slack/oauth_redirect"
    assert asked["scope"].split(",") == list(SCOPES)
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(browser.headers["set-cookie"].split("; "))


def test_an_installed_workspace_is_told_the_next_step_and_may_begin_at_once(teams: Wire):
    assert "not installed" in answer(teams, "T0001")
    browser = Browser(teams)
    status, page = browser.install("T0001")
    assert status == 200
    assert "/phantom key" in page
    assert browser.headers["referrer-policy"] == "no-referrer"
    assert browser.headers["cache-control"] == "no-store"
    assert "default-src 'none'; style-src 'sha256-" in browser.headers["content-security-policy"]
    assert 'href="slack://app?team=T0001&amp;id=' in page
    assert "https://slack.com/app_redirect?app=" in page
    assert "not installed" not in answer(teams, "T0001")
    assert "not installed" in answer(teams, "T0002")
    assert "xoxb-" not in everything(teams)
    assert "xoxb-" not in page


def test_where_the_app_is_not_installed_nothing_is_stored_and_a_link_is_given(teams: Wire):
    said = answer(teams, "T0001", LINE)
    assert "<https://phantombot.example.com/slack/install>" in said
    assert teams.process.context.runs.workspaces_with_open() == []
    assert teams.slack.calls == []


@pytest.mark.parametrize(
    "forge",
    [
        lambda _state: "",
        lambda _state: "x",
        lambda state: "9" + state,
        lambda state: state[:-1] + ("0" if state[-1] != "0" else "1"),
        lambda state: state.replace(".", ".é"),
        lambda _state: f"{int(time.time()) + 60}.{'0' * 32}",
    ],
    ids=["none", "a word", "longer life", "another signature", "not ascii", "made up"],
)
def test_a_forged_state_is_refused_before_slack_is_asked(teams: Wire, forge: Callable[[str], str]):
    browser = Browser(teams)
    back = urlsplit(teams.slack.approve(browser.begin(), team="T0001"))
    asked = dict(parse_qsl(back.query))
    forged = urlencode(asked | {"state": forge(asked["state"])})
    status, page = browser.come_back(f"{back.path}?{forged}")
    assert status == HTTPStatus.BAD_REQUEST
    assert "made for another browser" in page
    assert teams.slack.calls == []
    assert "not installed" in answer(teams, "T0001")


def test_another_browser_cannot_finish_what_one_began(teams: Wire):
    back = teams.slack.approve(Browser(teams).begin(), team="T0001")
    stranger, other = Browser(teams), Browser(teams)
    other.begin()
    assert stranger.come_back(back)[0] == HTTPStatus.BAD_REQUEST
    assert other.come_back(back)[0] == HTTPStatus.BAD_REQUEST
    assert teams.slack.calls == []


def test_a_code_works_once(teams: Wire):
    browser = Browser(teams)
    back = teams.slack.approve(browser.begin(), team="T0001")
    cookie = browser.cookie
    assert browser.come_back(back)[0] == 200
    assert becomes(lambda: teams.process.context.welcomes.workspaces() == [])
    before = everything(teams)
    assert browser.come_back(back)[0] == HTTPStatus.BAD_REQUEST
    browser.cookie = cookie
    status, page = browser.come_back(back)
    assert status == HTTPStatus.BAD_REQUEST
    assert "has been used" in page
    assert everything(teams) == before


def test_a_denial_is_a_clear_page_and_nothing_is_stored(teams: Wire):
    browser = Browser(teams)
    status, page = browser.come_back(teams.slack.deny(browser.begin()))
    assert status == 200
    assert "You didn't allow phantombot" in page
    assert teams.slack.calls == []
    assert "not installed" in answer(teams, "T0001")


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("internal_error", HTTPStatus.SERVICE_UNAVAILABLE),
        ("cut_after", HTTPStatus.SERVICE_UNAVAILABLE),
        ("bad_client_secret", HTTPStatus.BAD_GATEWAY),
        ("invalid_code", HTTPStatus.BAD_REQUEST),
    ],
)
def test_what_slack_does_not_give_is_a_clear_page_and_can_be_begun_again(
    teams: Wire, fault: str, status: int
):
    browser = Browser(teams)
    teams.slack.fail("oauth.v2.access", fault)
    found, page = browser.install("T0001")
    assert found == status
    assert "/slack/install" in page
    assert browser.install("T0001")[0] == 200


def test_one_workspace_by_token_has_no_pages_to_install_by(wire: Wire):
    assert ask(wire, "GET", "/slack/install")[0] == HTTPStatus.NOT_FOUND
    assert ask(wire, "GET", "/slack/oauth_redirect?code=1")[0] == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "names",
    [
        ("app_uninstalled", "tokens_revoked"),
        ("tokens_revoked", "app_uninstalled"),
        ("app_uninstalled", "app_uninstalled"),
        ("tokens_revoked",),
    ],
    ids=" ".join,
)
def test_right_after_each_install_and_uninstall_only_what_is_due_is_there(
    teams: Wire, names: tuple[str, ...]
):
    browser = Browser(teams)
    browser.install("T0001")
    browser.install("T0002")
    for team in ("T0001", "T0002"):
        store_key(teams, team)
    browser.install("T0001")
    assert key_of(teams, "T0001") == KEY
    assert "Launching" in answer(teams, "T0001", LINE)
    assert teams.says("finished", channel="C0001X1")
    channels = {call.fields.get("channel") for call in teams.slack.calls if call.holder == "T0002"}
    assert channels <= {None, "U0ADA", "D0ADA"}, "who installed it is welcomed, and that is all"
    secrets = sealed(teams, "T0001")
    assert in_any_table(teams, *secrets)
    assert all(one.status == 200 for one in teams.slack.uninstall("T0001", *names))
    assert not in_any_table(teams, *secrets, "xoxb-", KEY, "canary-argument")
    assert "not installed" in answer(teams, "T0001", LINE)
    assert key_of(teams, "T0001") is None
    assert "T0001" not in everything(teams).replace("('T0001', datetime", "")
    assert key_of(teams, "T0002") == KEY
    browser.install("T0001")
    assert key_of(teams, "T0001") is None
    assert teams.process is not None
    assert teams.process.context.runs.recent("T0001", 5) == []
    store_key(teams, "T0001")
    assert "Launching" in answer(teams, "T0001", 'launch 786 casperjs {"b": 2}')
    assert teams.slack.wait_for(
        lambda slack: sum("finished" in m.text for m in slack.messages("C0001X1")) == 2, PATIENCE
    )


def test_an_event_that_is_repeated_after_a_new_installation_does_nothing(teams: Wire):
    browser = Browser(teams)
    browser.install("T0001")
    store_key(teams, "T0001")
    before = int(time.time()) - 60
    delivery = teams.slack.event("app_uninstalled", "T0001", event_time=before, retry=2)
    assert delivery.status == 200
    assert key_of(teams, "T0001") == KEY
    assert "not installed" not in answer(teams, "T0001")


def test_a_key_that_is_checked_while_the_app_is_uninstalled_is_not_stored(teams: Wire):
    Browser(teams).install("T0001")
    teams.slack.command("key", channel="C0001X1", team="T0001")
    assert teams.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    arrived = at_phantombusters("user")(teams)
    teams.phantombuster.fault("slow", on="user", times=1, seconds=1)
    teams.slack.submit(teams.slack.views()[0], {"key_input": KEY})
    assert arrived()
    teams.slack.uninstall("T0001")
    teams.process.context.background.shutdown(wait=True)
    with teams.process.database.reading() as connection:
        assert connection.execute(select(metadata.tables["workspaces"].c.api_key)).all() in (
            [],
            [(None,)],
        )


def test_revoked_tokens_of_users_are_none_of_ours(teams: Wire):
    Browser(teams).install("T0001")
    told = teams.slack.event("tokens_revoked", "T0001", tokens={"oauth": ["U0ADA"], "bot": []})
    assert told.status == 200
    assert "not installed" not in answer(teams, "T0001")


def test_an_event_that_slack_did_not_sign_erases_nothing(teams: Wire):
    Browser(teams).install("T0001")
    body = b'{"type": "event_callback", "team_id": "T0001", "event": {"type": "app_uninstalled"}}'
    headers = signed(teams, body + b" ")
    status, _ = ask(
        teams, "POST", "/slack/events", body, content_type="application/json", **headers
    )
    assert status == HTTPStatus.UNAUTHORIZED
    assert "not installed" not in answer(teams, "T0001")


def test_slack_is_answered_its_challenge(wire: Wire):
    delivery = wire.slack.verify_url()
    assert delivery.status == 200
    assert len(delivery.body["challenge"]) == 16


def test_the_one_workspace_is_erased_too_when_it_uninstalls_the_app(wire: Wire):
    assert wire.slack.event("app_uninstalled", "T0SANDBOX").status == 200
    assert key_of(wire, "T0SANDBOX") is None


def test_a_run_that_is_followed_while_its_workspace_is_erased_ends_quietly(
    make_wire: Callable[..., Wire], database_url: str, caplog: pytest.LogCaptureFixture
):
    teams = for_many(make_wire(database_url, speed=1))
    teams.start()
    for team in ("T0001", "T0002"):
        teams.slack.add_team(team)
    Browser(teams).install("T0001")
    store_key(teams, "T0001")
    teams.slack.command(LINE, channel="C0001X1", team="T0001")
    assert teams.says("785", channel="C0001X1")
    teams.slack.uninstall("T0001")
    asked = len(teams.slack.calls)
    Browser(teams).install("T0002")
    store_key(teams, "T0002")
    teams.slack.command(LINE, channel="C0002X1", team="T0002")
    assert teams.says("running", channel="C0002X1")
    assert not any(call.holder == "T0001" for call in teams.slack.calls[asked + 1 :])
    assert teams.process.context.runs.workspaces_with_open() == ["T0002"]
    # A call may have been on its way between the end of the token and the event.
    errors = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert len(errors) <= 1
    assert all("account_inactive" in one for one in errors)
