"""Client of Slack's Web API."""

import http.client
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from urllib.request import OpenerDirector

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from phantombot.access.rules import Person
from phantombot.context import Count, not_counted
from phantombot.errors import CannotPost, SlackError, SlackRefused, SlackUnavailable
from phantombot.messages.blocks import File, Message
from phantombot.messages.results import has_table, with_plainer_table
from phantombot.slack.ephemeral import Aside, read_aside
from phantombot.slack.errors import answered, asked, error_of, unreachable
from phantombot.slack.marks import marked_blocks, marked_view
from phantombot.slack.person import read_person
from phantombot.slack.standing import NO_MESSAGE, Standing, read_standing
from phantombot.slack.web_client import TIMEOUT, SlackClient, opener_of
from phantombot.tls import tls_context

_SLACKS_OWN = re.compile(r"https://[a-z0-9.-]+\.slack(-gov)?\.com/")
T = TypeVar("T")

RUN_POSTED = "phantombot_run"
"""The event type in a run message's metadata."""


@dataclass(frozen=True)
class Posted:
    """A message's channel (for a user, their DM) and Slack's `ts`."""

    channel: str
    ts: str


class Poster:
    """Web API calls, each sent once; callers decide about retries.

    A message whose table Slack rejects, and so hasn't shown, is sent again with a plainer one.
    """

    def __init__(
        self,
        token_of: Callable[[str], str],
        base_url: str,
        count: Count = not_counted,
        is_org_wide: Callable[[str], bool] = lambda _workspace: False,
    ) -> None:
        self._count = count
        self._token_of = token_of
        self._is_org_wide = is_org_wide
        self._base_url = base_url
        self._plainer = 0
        """How many forms of tables Slack is known to refuse."""

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Return the TLS context that all clients share."""
        return tls_context()

    @cached_property
    def _opener(self) -> OpenerDirector:
        """Return the opener that all clients share."""
        return opener_of(self._tls)

    def post(  # noqa: PLR0913 - what is posted, and where
        self,
        workspace: str,
        channel: str,
        message: Message,
        *,
        thread: str | None = None,
        broadcast: bool = False,
        run: str = "",
    ) -> Posted:
        """Post a message; `channel` can be a user's id, for a direct message.

        `thread` is the `ts` of the thread's first message; `broadcast` shows the reply among the
        channel's messages too. `run` is the uid of the run whose message it is; it goes into the
        message's metadata, which nobody sees and edits don't change.

        Raises:
            CannotPost: the bot can't post there.
            SlackUnavailable: it may have been posted all the same.
            SlackRefused: anything else.
        """

        def send(shown: Message) -> dict[str, Any]:
            return self._asked(
                self._client(workspace).chat_postMessage,
                channel=channel,
                thread_ts=thread,
                reply_broadcast=broadcast or None,
                unfurl_links=False,
                unfurl_media=False,
                metadata=_metadata(run) if run else None,
                **_fields(workspace, shown),
            )

        answer = self._with_table(message, send)
        return Posted(str(answer.get("channel") or channel), str(answer.get("ts")))

    def edit(self, workspace: str, posted: Posted, message: Message) -> None:
        """Change a posted message.

        Raises:
            SlackError: as `post`.
        """
        update = self._client(workspace).chat_update
        self._asked(update, channel=posted.channel, ts=posted.ts, **_fields(workspace, message))

    def upload(self, workspace: str, posted: Posted, file: File, *, in_thread: bool = True) -> None:
        """Upload a file to the thread of a posted message, or else below it.

        Raises:
            SlackError: as `post`.
        """
        try:
            self._asked(
                self._client(workspace).files_upload_v2,
                channel=posted.channel,
                thread_ts=posted.ts if in_thread else None,
                filename=file.name,
                title=file.title,
                content=file.content,
            )
        except SlackUnavailable as error:
            # The scope is newer than the installation; everything else still works.
            raise (SlackRefused(error.code) if error.code == "missing_scope" else error) from None

    def respond_ephemeral(
        self, workspace: str, response_url: str, message: Message, *, replace: bool = False
    ) -> None:
        """Answer one user through a response_url; `replace` the message it came with.

        An Aside's address works too.

        Raises:
            CannotPost: the bot, or the user, is no longer there.
            SlackUnavailable: Slack doesn't answer.
            SlackRefused: the response_url is used up or too old.
        """

        def send(shown: Message) -> None:
            self._whispered(workspace, response_url, shown, replace=replace)

        self._with_table(message, send)

    def _with_table(self, message: Message, send: Callable[[Message], T]) -> T:
        """Send a message; if Slack refuses its table, send plainer forms of it.

        Remember the form that Slack accepts, unless the refusal may have had another reason.
        """
        forms = list(_forms(message))
        plainest, refused = min(self._plainer, len(forms) - 1), 0
        while True:
            try:
                answer = send(forms[plainest])
            except SlackRefused as error:
                if plainest + 1 == len(forms):
                    raise
                plainest += 1
                if error.code == "invalid_blocks":
                    refused = plainest
            else:
                self._plainer = max(self._plainer, refused)
                return answer

    def _whispered(
        self, workspace: str, response_url: str, message: Message, *, replace: bool
    ) -> None:
        aside = read_aside(response_url)
        if aside is not None:
            self._say_aside(aside, message)
            return
        said = {"response_type": "ephemeral", "replace_original": replace}
        self._respond(response_url, said | _fields(workspace, message))

    def delete_original(self, response_url: str) -> None:
        """Delete the message that a response_url came with: an acknowledgement, or a button's.

        An Aside's address has no such message.

        Raises:
            SlackError: as `respond_ephemeral`.
        """
        if read_aside(response_url) is None:
            self._respond(response_url, {"delete_original": "true"})

    def _respond(self, response_url: str, said: dict[str, Any]) -> None:
        client = WebhookClient(response_url, timeout=TIMEOUT, ssl=self._tls, retry_handlers=[])
        with self._counted("response_url"):
            try:
                answer = client.send_dict(said)
            except (OSError, http.client.HTTPException, SlackClientError, ValueError) as error:
                raise unreachable(error) from None
            if answer.status_code != http.client.OK:
                # Slack answers a URL that is used up or expired with 4xx and a text.
                code = answer.body if answer.body.isidentifier() else "refused"
                raise error_of(answer.status_code, code, answer.headers)

    def _say_aside(self, aside: Aside, message: Message) -> None:
        thread = aside.thread or None
        if aside.is_direct:
            self.post(aside.workspace, aside.channel, message, thread=thread)
            return
        self._asked(
            self._client(aside.workspace).chat_postEphemeral,
            channel=aside.channel,
            user=aside.user,
            thread_ts=thread,
            **_fields(aside.workspace, message),
        )

    def is_admin(self, workspace: str, user: str) -> bool:
        """Return whether the user is an admin or owner of this workspace.

        Raises:
            SlackError: Slack didn't say.
        """
        return self.person(workspace, user).admin

    def person(self, workspace: str, user: str) -> Person:
        """Return the user's role in the workspace.

        Raises:
            SlackError: Slack didn't say.
        """
        said = self._asked(self._client(workspace).users_info, user=user).get("user")
        org_wide = self._is_org_wide(workspace)
        return read_person(said if isinstance(said, dict) else {}, workspace, org_wide=org_wide)

    def groups(self, workspace: str) -> list[tuple[str, str]]:
        """Return ids and handles of the workspace's user groups.

        Raises:
            SlackError: Slack didn't say.
        """
        listed = self._client(workspace).usergroups_list
        said = self._asked(listed, team_id=workspace).get("usergroups") or []
        return [(str(group["id"]), str(group.get("handle") or group["id"])) for group in said]

    def group_members(self, workspace: str, group: str) -> frozenset[str]:
        """Return the ids of a user group's members.

        Raises:
            SlackError: Slack didn't say.
        """
        listed = self._client(workspace).usergroups_users_list
        said = self._asked(listed, usergroup=group, team_id=workspace)
        return frozenset(str(user) for user in said.get("users") or [])

    def standing(self, workspace: str) -> Standing:
        """Return what Slack says about the bot's token.

        Raises:
            SlackError: Slack refuses the token, or doesn't answer.
        """
        with self._counted("auth_test"):
            return read_standing(answered(self._client(workspace).auth_test).headers)

    def address(self, workspace: str) -> str:
        """Return the workspace's address, which links begin with; empty if Slack gives none.

        Raises:
            SlackError: Slack didn't say.
        """
        told = str(self._asked(self._client(workspace).auth_test).get("url") or "")
        return told if _SLACKS_OWN.fullmatch(told) else ""

    def sees(self, workspace: str, channel: str) -> bool:
        """Return whether the bot can see the channel: a private one, only as a member.

        A permalink needs no scope and no message; conversations.info would need four scopes.

        Raises:
            SlackError: Slack didn't say.
        """
        try:
            link = self._client(workspace).chat_getPermalink
            self._asked(link, channel=channel, message_ts=NO_MESSAGE)
        except CannotPost:
            return False
        except SlackRefused as error:
            if error.code != "message_not_found":
                raise
        return True

    def open_view(self, workspace: str, trigger_id: str, view: dict[str, Any]) -> None:
        """Open a form within 3 s of the user's action; a message has no `trigger_id` for one.

        Raises:
            SlackError: as `post`; `expired_trigger_id` when it took too long.
        """
        if not trigger_id:
            raise SlackRefused("no_trigger_id")
        opened = self._client(workspace).views_open
        self._asked(opened, trigger_id=trigger_id, view=marked_view(workspace, view))

    def publish(self, workspace: str, user: str, view: dict[str, Any]) -> None:
        """Show a view in the user's App Home.

        Raises:
            SlackError: as `post`.
        """
        published = self._client(workspace).views_publish
        self._asked(published, user_id=user, view=marked_view(workspace, view))

    def exchange(
        self, client_id: str, client_secret: str, code: str, redirect_uri: str
    ) -> dict[str, Any]:
        """Exchange a consent's code for a token: `oauth.v2.access`.

        Raises:
            SlackUnavailable: the code may have been used all the same.
            SlackRefused: the code is invalid or used, or the app's secret is wrong.
        """
        return self._asked(
            self.without_token().oauth_v2_access,
            client_id=client_id,
            client_secret=client_secret,
            code=code,
            redirect_uri=redirect_uri,
        )

    def without_token(self) -> WebClient:
        """Return a client without a token, for calls with another kind of token."""
        return self._with(None)

    def update_view(self, workspace: str, view_id: str, view: dict[str, Any]) -> None:
        """Change an open form.

        Raises:
            SlackError: as `post`; `not_found` when it was closed meanwhile.
        """
        update = self._client(workspace).views_update
        self._asked(update, view_id=view_id, view=marked_view(workspace, view))

    def _asked(self, method: Callable[..., SlackResponse], **fields: Any) -> dict[str, Any]:
        with self._counted(method.__name__):
            return asked(method, **fields)

    @contextmanager
    def _counted(self, call: str) -> Iterator[None]:
        try:
            yield
        except SlackError as error:
            self._count("slack", call, error.code)
            raise
        self._count("slack", call, None)

    def _client(self, workspace: str) -> WebClient:
        return self._with(self._token_of(workspace))

    def _with(self, token: str | None) -> WebClient:
        return SlackClient(token, self._base_url, self._tls, self._opener)


def _metadata(run: str) -> dict[str, Any]:
    return {"event_type": RUN_POSTED, "event_payload": {"uid": run}}


def _fields(workspace: str, message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": marked_blocks(workspace, message.blocks)}


def _forms(message: Message) -> Iterator[Message]:
    """Yield the message, then with its table in each plainer form."""
    yield message
    while has_table(message):
        message = with_plainer_table(message)
        yield message
