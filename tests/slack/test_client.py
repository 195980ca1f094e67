from collections.abc import Iterator

import pytest

from phantombot.errors import CannotPost, SlackError, SlackRefused, SlackUnavailable
from phantombot.messages.blocks import File, plain
from phantombot.messages.results import with_table
from phantombot.runs.rows import Rows
from phantombot.sandbox.server import LocalServer, Request, Response
from phantombot.sandbox.slack import LocalSlack
from phantombot.slack.client import Poster

TOKEN = "xoxb-canary-token"
MESSAGE = plain("hello")


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    slack = LocalSlack(signing_secret="s" * 16, bot_token=TOKEN)
    slack.start()
    yield slack
    slack.stop()


@pytest.fixture
def poster(slack: LocalSlack) -> Poster:
    return Poster(lambda _workspace: TOKEN, slack.api_url)


def test_a_message_is_posted_and_edited_where_it_stands(slack: LocalSlack, poster: Poster):
    posted = poster.post("T1", "C0GENERAL", MESSAGE)
    poster.edit("T1", posted, plain("goodbye"))
    assert [message.text for message in slack.messages()] == ["goodbye"]


def test_a_message_to_a_user_stands_in_their_direct_messages(slack: LocalSlack, poster: Poster):
    assert poster.post("T1", "U0ADA", MESSAGE).channel == "D0ADA"


@pytest.mark.parametrize(
    ("code", "error", "retry_after"),
    [
        ("not_in_channel", CannotPost, None),
        ("is_archived", CannotPost, None),
        ("channel_not_found", CannotPost, None),
        ("ratelimited", SlackUnavailable, 7),
        ("internal_error", SlackUnavailable, 5),
        ("cut_before", SlackUnavailable, 5),
        ("cut_after", SlackUnavailable, 5),
        ("invalid_auth", SlackUnavailable, 60),
        ("token_revoked", SlackUnavailable, 60),
        ("account_inactive", SlackUnavailable, 60),
        ("msg_too_long", SlackRefused, None),
        ("invalid_blocks", SlackRefused, None),
    ],
)
def test_each_answer_of_slacks_is_one_of_our_exceptions_after_one_call(
    slack: LocalSlack, poster: Poster, code: str, error: type[SlackError], retry_after: int | None
):
    slack.fail("chat.postMessage", code, retry_after=7)
    with pytest.raises(error) as caught:
        poster.post("T1", "C0GENERAL", MESSAGE)
    assert getattr(caught.value, "retry_after", None) == retry_after
    surely_not_posted = ("ratelimited", "invalid_auth", "token_revoked", "account_inactive")
    assert getattr(caught.value, "refused", False) == (code in surely_not_posted)
    assert TOKEN not in repr(caught.value)
    assert len(slack.calls) == 1


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid"])
def test_a_slack_that_is_not_there_is_unavailable_and_has_surely_posted_nothing(host: str):
    poster = Poster(lambda _workspace: TOKEN, f"http://{host}/api/")
    with pytest.raises(SlackUnavailable) as unposted:
        poster.post("T1", "C0GENERAL", MESSAGE)
    with pytest.raises(SlackUnavailable) as unsaid:
        poster.respond_ephemeral("T1", f"http://{host}/response/x", MESSAGE)
    assert unposted.value.refused
    assert unsaid.value.refused


def test_a_response_url_that_is_not_known_is_refused(slack: LocalSlack, poster: Poster):
    with pytest.raises(SlackRefused):
        poster.respond_ephemeral("T1", f"{slack.url}/response/unknown", MESSAGE)


@pytest.mark.parametrize(("user", "admin"), [("U0ADA", True), ("U0MAX", False), ("U0GUS", False)])
def test_admins_and_owners_are_known_from_slack(
    slack: LocalSlack, poster: Poster, user: str, admin: bool
):
    assert poster.is_admin("T0SANDBOX", user) is admin
    assert not poster.is_admin("T0ELSEWHERE", user)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html>", SlackUnavailable),
        (200, b"", SlackUnavailable),
        (200, b"[1]", SlackUnavailable),
        (200, b"\xff", SlackUnavailable),
        (502, b"<html>", SlackUnavailable),
        (403, b"<html>", SlackUnavailable),
        (404, b"<html>", SlackUnavailable),
        (403, b'{"error": "is_archived"}', SlackUnavailable),
        (400, b'{"ok": false, "error": "is_archived"}', CannotPost),
        (200, b'{"ok": false, "error": "is_inactive"}', CannotPost),
    ],
    ids=str,
)
def test_what_is_no_answer_of_slacks_is_an_exception_of_ours_all_the_same(
    status: int, body: bytes, error: type[SlackError]
):
    server = LocalServer(lambda _request: Response(status, body))
    server.start()
    poster = Poster(lambda _workspace: TOKEN, f"{server.url}/api/")
    with pytest.raises(error) as caught:
        poster.post("T1", "C0GENERAL", MESSAGE)
    assert TOKEN not in repr(caught.value)
    server.stop()


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "missing_scope"])
def test_a_token_that_slack_refuses_is_logged_with_its_mend_and_without_itself(
    slack: LocalSlack, poster: Poster, caplog: pytest.LogCaptureFixture, code: str
):
    slack.fail("chat.postMessage", code)
    with pytest.raises(SlackUnavailable):
        poster.post("T1", "C0GENERAL", MESSAGE)
    assert f"refuses the bot's token ({code}): reinstall the app" in caplog.text
    assert TOKEN not in caplog.text


FORMS = ("data_table", "table", "section")
TABLE = with_table(Rows(("name",), ({"name": "Ada"},)), "1 result")


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_table_that_slack_refuses_is_posted_in_a_plainer_form(
    slack: LocalSlack, poster: Poster, times: int
):
    if times:
        slack.fail("chat.postMessage", "invalid_blocks", times=times)
    posted = poster.post("T1", "C0GENERAL", TABLE)
    (shown,) = slack.messages()
    assert shown.ts == posted.ts
    assert [block["type"] for block in shown.blocks] == ["section", FORMS[times]]
    assert "Ada" in str(shown.blocks[1])


def test_the_form_of_tables_that_slack_takes_is_remembered(slack: LocalSlack, poster: Poster):
    slack.fail("chat.postMessage", "invalid_blocks")
    for _ in range(2):
        poster.post("T1", "C0GENERAL", TABLE)
    assert len(slack.calls) == 3
    assert [one.blocks[1]["type"] for one in slack.messages()] == ["table", "table"]


def test_a_table_refused_for_another_reason_says_nothing_of_the_next(
    slack: LocalSlack, poster: Poster
):
    slack.fail("chat.postMessage", "invalid_attachments")
    for _ in range(2):
        poster.post("T1", "C0GENERAL", TABLE)
    assert [one.blocks[1]["type"] for one in slack.messages()] == ["table", "data_table"]


def test_what_slack_refuses_in_every_form_is_refused(slack: LocalSlack, poster: Poster):
    slack.fail("chat.postMessage", "invalid_blocks", times=3)
    with pytest.raises(SlackRefused):
        poster.post("T1", "C0GENERAL", TABLE)
    assert len(slack.calls) == 3
    poster.post("T1", "C0GENERAL", TABLE)
    assert slack.messages()[-1].blocks[1]["type"] == "data_table"


def test_an_upload_without_its_scope_is_refused_for_good_and_is_nothing_to_wait_for(
    slack: LocalSlack, poster: Poster
):
    posted = poster.post("T1", "C0GENERAL", MESSAGE)
    slack.fail("files.getUploadURLExternal", "missing_scope")
    with pytest.raises(SlackRefused) as caught:
        poster.upload("T1", posted, File("result.json", "Result", "[]"))
    assert caught.value.code == "missing_scope"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_takes_the_token_elsewhere(status: int):
    asked: list[Request] = []

    def listen(request: Request) -> Response:
        asked.append(request)
        return Response(200, b'{"ok": true, "channel": "C1", "ts": "1.0"}')

    elsewhere = LocalServer(listen)
    elsewhere.start()
    moved = Response(status, b"", headers={"Location": f"{elsewhere.url}/api/chat.postMessage"})
    server = LocalServer(lambda _request: moved)
    server.start()
    poster = Poster(lambda _workspace: TOKEN, f"{server.url}/api/")
    with pytest.raises(SlackUnavailable):
        poster.post("T1", "C0GENERAL", MESSAGE)
    assert asked == []
    server.stop()
    elsewhere.stop()


def test_a_proxy_of_the_environment_is_used_unless_no_proxy_names_the_host(
    slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with pytest.raises(SlackUnavailable):
        Poster(lambda _workspace: TOKEN, slack.api_url).post("T1", "C0GENERAL", MESSAGE)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    Poster(lambda _workspace: TOKEN, slack.api_url).post("T1", "C0GENERAL", MESSAGE)
