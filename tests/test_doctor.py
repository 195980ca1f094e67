"""Each thing that can be wrong, and the line that says so and how it is mended."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from phantombot.access.api_keys import ApiKeys
from phantombot.bootstrap import utc_now
from phantombot.database.engine import Database
from phantombot.database.processes import Processes
from phantombot.database.schema import REVISION
from phantombot.database.vault import Vault
from phantombot.doctor import Target, examine, examine_workspace
from phantombot.messages import doctor as checks
from phantombot.messages.doctor import NO_KEY, Mark, checked
from phantombot.phantombuster.account import Dialect
from phantombot.phantombuster.client import Client
from phantombot.sandbox.phantombuster import LocalPhantombuster
from phantombot.sandbox.server import LocalServer, Response, json_response
from phantombot.sandbox.slack import LocalSlack
from phantombot.slack.client import Poster
from phantombot.slack.installation_store import Installation, Installations
from phantombot.slack.scopes import SCOPES
from phantombot.worker.channel_store import Channels, Closed

TEAM, KEY, TOKEN = "T0SANDBOX", "canary-key-0123", "xoxb-canary"
INSTALLATION = Installation(
    workspace=TEAM,
    enterprise=None,
    org_wide=False,
    bot_token=TOKEN,
    bot_user="U0BOT",
    scopes="chat:write",
    installed_by="U1",
    installed_at=utc_now(),
)
SECRET, OTHER = "canary-secret-0123456789", "canary-other-0123456789"


@dataclass
class Ward:
    """A bot that is well, between a local Slack and a local Phantombuster."""

    slack: LocalSlack
    phantombuster: LocalPhantombuster
    target: Target

    def change(self, **changes: object) -> None:
        self.target = replace(self.target, **changes)

    def lines(self, channel: str = "C0GENERAL") -> list[str]:
        return [str(finding) for finding in examine_workspace(self.target, TEAM, channel)]

    def ills(self, channel: str = "C0GENERAL") -> list[str]:
        return [line for line in self.lines(channel) if not line.startswith("✅")]


def described(slack: LocalSlack, url: str, database: Database, *secrets: str) -> Target:
    return Target(
        database=database,
        vault=Vault(secrets),
        slack=Poster(lambda _workspace: TOKEN, slack.api_url),
        phantombuster=Client(url, backoff=0),
        public_url="",
    )


@pytest.fixture
def ward(database: Database) -> Iterator[Ward]:
    slack = LocalSlack(signing_secret="s" * 16, bot_token=TOKEN)
    phantombuster = LocalPhantombuster(key=KEY)
    slack.start()
    phantombuster.start()
    target = described(slack, phantombuster.url, database, SECRET)
    ApiKeys(database, target.vault).store_key(TEAM, KEY, by="U1", at=utc_now())
    Processes(database).seen("p1", "worker", utc_now())
    ward = Ward(slack, phantombuster, target)
    yield ward
    target.phantombuster.close()
    phantombuster.stop()
    slack.stop()


def test_a_bot_that_is_well_has_a_line_for_each_check(ward: Ward):
    kind = "SQLite" if ward.target.database.is_sqlite else "PostgreSQL"
    assert [line.partition(", seen")[0] for line in ward.lines()] == [
        "✅ Settings: complete.",
        f"✅ Database: {kind} answers and is writable.",
        "✅ Tables: up to date.",
        "✅ PHANTOMBOT_SECRET: decrypts everything that is stored.",
        "✅ Worker: alive",
        "✅ Slack: accepts the bot's token.",
        "✅ Scopes: complete.",
        "✅ Clock: agrees with Slack's.",
        (
            f"✅ Phantombuster: answers at {ward.phantombuster.url}, and accepts the key"
            " (paths without .json, launches by POST)."
        ),
        "✅ This channel: I can post here.",
    ]


def test_where_many_may_install_the_app_and_none_has_it_is_said_where(ward: Ward):
    ApiKeys(ward.target.database, ward.target.vault).remove_key(TEAM)
    ward.change(install_url="https://bot.test/slack/install")
    (*_, last) = [str(finding) for finding in examine(ward.target)]
    assert last.startswith("⚠️ Slack: no workspace has installed the app yet")
    assert "https://bot.test/slack/install" in last
    assert ward.slack.calls == []


def test_where_no_workspace_has_a_key_yet_those_that_installed_the_app_are_looked_at(ward: Ward):
    ApiKeys(ward.target.database, ward.target.vault).remove_key(TEAM)
    ward.change(install_url="https://bot.test/slack/install")
    installations = Installations(ward.target.database, ward.target.vault)
    for team in ("T1", "T2"):
        installations.save(replace(INSTALLATION, workspace=team))
    lines = [str(finding) for finding in examine(ward.target)]
    for team in ("T1", "T2"):
        assert f"✅ {team}: Slack: accepts the bot's token." in lines
        assert f"⚠️ {team}: {NO_KEY.says}" in lines


def test_nothing_is_posted_launched_or_changed_by_it(ward: Ward):
    before = Processes(ward.target.database).figures("worker", "doctor")
    ward.lines()
    assert {call.method for call in ward.slack.calls} == {"auth.test", "chat.getPermalink"}
    assert [r.path for r in ward.phantombuster.requests] == ["/api/v1/user"]
    assert Processes(ward.target.database).figures("worker", "doctor") == before


def _without_tables(ward: Ward) -> None:
    with ward.target.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))


def _worker_long_gone(ward: Ward) -> None:
    Processes(ward.target.database).seen("p1", "worker", utc_now() - timedelta(minutes=5))


def _clock_ahead(ward: Ward) -> None:
    ward.change(now=lambda: utc_now() + timedelta(seconds=600))


def _other_secret(ward: Ward) -> None:
    ward.change(vault=Vault((OTHER,)))


def _secret_added(ward: Ward) -> None:
    ward.change(vault=Vault((OTHER, SECRET)))


def _no_key(ward: Ward) -> None:
    ApiKeys(ward.target.database, ward.target.vault).remove_key(TEAM)


def _scope_missing(ward: Ward) -> None:
    ward.slack.grant(*(SCOPES.keys() - {"files:write"}))


def _signatures_wrong(ward: Ward) -> None:
    Processes(ward.target.database).mismatched("p2", utc_now() - timedelta(minutes=3), 12)


def _signing_secret_odd(ward: Ward) -> None:
    ward.change(signing_secret="canary-signing-secret")


def _closed(ward: Ward) -> None:
    Channels(ward.target.database).close(TEAM, "C0GENERAL", Closed(utc_now(), "is_archived"))


def _nobody_at_phantombusters(ward: Ward) -> None:
    ward.change(phantombuster=Client(f"http://127.0.0.1:{unused_port()}", backoff=0))


def _nobody_at_the_public_url(ward: Ward) -> None:
    ward.change(public_url=f"http://127.0.0.1:{unused_port()}/")


def _others_at_the_public_url(ward: Ward) -> None:
    ward.change(public_url=f"{ward.slack.url}/")


def _slack_fails(error: str) -> Callable[[Ward], None]:
    return lambda ward: ward.slack.fail("auth.test", error, times=None)


def _phantombuster_fails(kind: str) -> Callable[[Ward], None]:
    return lambda ward: ward.phantombuster.fault(kind, on="user", times=None)


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (_without_tables, f"❌ Tables: at 0001, but {REVISION}"),
        (_without_tables, "is needed; run `python bot.py migrate`"),
        (
            _other_secret,
            "❌ PHANTOMBOT_SECRET: doesn't decrypt 1 stored value; add the former secret",
        ),
        (_other_secret, "❌ Phantombuster: not checked, as the stored key can't be decrypted"),
        (
            _secret_added,
            "⚠️ PHANTOMBOT_SECRET: an old secret, or an earlier release's encryption, still",
        ),
        (_worker_long_gone, "❌ Worker: last seen 5 min ago, so nothing is launched; start"),
        (_clock_ahead, "ahead of Slack's; synchronize it with NTP"),
        (
            _slack_fails("invalid_auth"),
            "❌ Slack: refuses the bot's token (invalid_auth); reinstall",
        ),
        (_slack_fails("token_revoked"), "❌ Slack: refuses the bot's token (token_revoked)"),
        (_slack_fails("internal_error"), "❌ Slack: isn't answering (internal_error); check"),
        (_slack_fails("cut_before"), "❌ Slack: isn't answering (unreachable)"),
        (_scope_missing, "❌ Scopes: files:write missing; update the Slack app to the newest"),
        (
            _no_key,
            "⚠️ Phantombuster: answers, but no key is stored; an admin can add one",
        ),
        (
            _phantombuster_fails("401"),
            "❌ Phantombuster: refuses the stored key; an admin can replace",
        ),
        (_phantombuster_fails("500"), "❌ Phantombuster: can't answer (ServerFault (HTTP 500))"),
        (
            _phantombuster_fails("html"),
            "❌ Phantombuster: something other than its API answers (",
        ),
        (_phantombuster_fails("429"), "❌ Phantombuster: can't answer (RateLimited (HTTP 429))"),
        (_nobody_at_phantombusters, "❌ Phantombuster: can't answer (Unreachable); try again"),
        (_nobody_at_the_public_url, "❌ PUBLIC_URL: nothing answers at http://127.0.0.1:"),
        (_others_at_the_public_url, "❌ PUBLIC_URL: something else answers (HTTP 404) at http"),
        (
            _signatures_wrong,
            "⚠️ Signatures: 12 requests in the last hour with a wrong one, the last",
        ),
        (_signatures_wrong, "about 3 min ago. If commands fail in Slack, SLACK_SIGNING_SECRET is"),
        (_signing_secret_odd, "⚠️ SLACK_SIGNING_SECRET: Slack's have 32 hexadecimal digits, and"),
        (_closed, "❌ This channel: Slack refused my last message (is_archived); type `/invite"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_mend(
    ward: Ward, harm: Callable[[Ward], None], sentence: str
):
    harm(ward)
    found = [line for line in ward.ills() if sentence in line]
    assert len(found) == 1, ward.ills()
    assert "\n" not in found[0]
    assert "canary" not in "".join(ward.lines())


def test_a_worker_that_never_was_is_told(ward: Ward):
    Processes(ward.target.database).gone("p1")
    assert "❌ Worker: never seen, so nothing is launched; start `python bot.py`" in str(
        ward.ills()
    )


def test_a_private_channel_without_the_bot_wants_an_invitation(ward: Ward):
    mend = "❌ This channel: I'm not a member; type `/invite @phantombot` here."
    assert ward.ills("C0PRIVATE") == [mend]
    ward.slack.change_channel("C0PRIVATE", bot=True)
    assert ward.ills("C0PRIVATE") == []


def test_in_a_direct_message_nothing_is_missing(ward: Ward):
    assert "This direct message: I answer here privately" in ward.lines("D0OTHERS")[-1]


def test_slack_not_saying_whether_a_channel_is_seen_is_no_verdict(ward: Ward):
    ward.slack.fail("chat.getPermalink", "internal_error")
    (line,) = ward.ills()
    assert line == ("⚠️ This channel: Slack doesn't say whether I can post here (internal_error).")


@pytest.mark.parametrize(
    "answer", [Response(302, headers={"Location": "/"}), Response(200, b"<html>"), Response(410)]
)
def test_where_the_first_address_leads_nowhere_the_other_is_named(ward: Ward, answer: Response):
    server = LocalServer(lambda _request: answer)
    server.start()
    ward.change(phantombuster=Client(server.url, ward.phantombuster.url, backoff=0))
    assert any(f"answers at {ward.phantombuster.url}, and accepts" in line for line in ward.lines())
    ward.change(phantombuster=Client(server.url, backoff=0))
    assert "something other than its API answers" in ward.ills()[0]
    server.stop()


@pytest.mark.parametrize("status", [402, 403])
def test_an_account_that_the_api_itself_does_not_show_is_no_wrong_address(ward: Ward, status: int):
    refusal = json_response({"status": "error", "error": "No"}, status)
    server = LocalServer(lambda _request: refusal)
    server.start()
    ward.change(phantombuster=Client(server.url, backoff=0))
    assert "doesn't list the account's agents" in ward.ills()[0]
    assert f"HTTP {status}" in ward.ills()[0]
    server.stop()


def test_an_address_is_named_without_the_password_in_it():
    dialect = Dialect(root="https://ada:canary@proxy.test:8443/api/v1", suffix=True, post=False)
    says = checks.phantombuster_answers(dialect).says
    assert "answers at https://proxy.test:8443/api/v1/, and accepts" in says
    assert "(paths with .json, launches by GET)" in says


def test_a_public_url_that_leads_to_the_bot_is_well(ward: Ward):
    server = LocalServer(lambda request: Response(200 if request.path == "/healthz" else 404))
    server.start()
    ward.change(public_url=f"{server.url}/")
    assert f"✅ PUBLIC_URL: {server.url}/ reaches the bot." in ward.lines()
    server.stop()


def test_a_database_that_does_not_answer_leaves_the_other_checks_to_be_made(ward: Ward):
    broken = Database("postgresql+psycopg://u:canary@127.0.0.1:1/none")
    ward.change(database=broken)
    ills = ward.ills()
    assert ills[0].startswith("❌ Database: isn't answering (OperationalError); check DATABASE_URL")
    assert "canary" not in str(ills)
    assert "✅ Slack: accepts the bot's token." in ward.lines()


def _only_read(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")


def test_a_database_that_may_not_be_written_says_so(ward: Ward):
    if ward.target.database.is_sqlite:
        event.listen(ward.target.database.engine, "connect", _only_read)
    else:
        name = ward.target.database.engine.url.database
        with ward.target.database.engine.begin() as connection:
            connection.execute(
                text(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            )
        ward.target.database.close()
    assert "❌ Database: can't be written (" in ward.ills()[0]


def test_the_databases_clock_is_looked_at_where_it_has_one(ward: Ward):
    _clock_ahead(ward)
    about_the_database = [line for line in ward.ills() if "the database's" in line]
    assert len(about_the_database) == (0 if ward.target.database.is_sqlite else 1)


def test_a_check_that_fails_by_itself_is_told_with_a_reference(
    ward: Ward, caplog: pytest.LogCaptureFixture
):
    def broken() -> datetime:
        raise ZeroDivisionError("canary")

    ward.change(now=broken)
    assert "couldn't be checked; the log says why (reference " in ward.ills()[0]
    assert any(line.startswith("✅ Phantombuster: answers at ") for line in ward.lines())


def test_from_the_terminal_each_workspace_with_a_key_is_checked_and_named(ward: Ward):
    workspaces = ApiKeys(ward.target.database, ward.target.vault)
    workspaces.store_key("T2", "canary-wrong-key", by="U1", at=datetime.now(UTC))
    lines = [str(finding) for finding in examine(ward.target)]
    assert any(line.startswith("✅ T0SANDBOX: Phantombuster: answers at ") for line in lines)
    assert any(line.startswith("❌ T2: Phantombuster: refuses the stored key") for line in lines)


def test_in_slack_no_line_can_hold_a_link_or_a_mention(ward: Ward):
    ward.change(public_url="http://127.0.0.1:1/<!channel>")
    assert "<!channel>" not in checked(examine(ward.target)).text
    assert Mark.BAD.value in checked(examine(ward.target)).text
