"""Post to Slack, and show its forms and App Home."""

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from phantombot.errors import SlackRefused, SlackUnavailable
from phantombot.messages.blocks import File, Message
from phantombot.messages.results import has_table, with_plainer_table
from phantombot.slack.ephemeral import Aside, read_aside
from phantombot.slack.errors import error_of, unreachable
from phantombot.slack.marks import marked_blocks, marked_view
from phantombot.slack.web_client import TIMEOUT, WebCalls

T = TypeVar("T")

RUN_POSTED = "phantombot_run"
"""The event type in a run message's metadata."""


@dataclass(frozen=True)
class Posted:
    """A message's channel (for a user, their DM) and Slack's `ts`."""

    channel: str
    ts: str


class Poster(WebCalls):
    """Posts, edits, and opens forms.

    A message whose table Slack rejects, and so hasn't shown, is sent again with a plainer one.
    """

    _plainer = 0
    """How many forms of tables Slack is known to refuse."""

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

    def update_view(self, workspace: str, view_id: str, view: dict[str, Any]) -> None:
        """Change an open form.

        Raises:
            SlackError: as `post`; `not_found` when it was closed meanwhile.
        """
        update = self._client(workspace).views_update
        self._asked(update, view_id=view_id, view=marked_view(workspace, view))


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
