"""Send a file by direct message, where an answer for one person alone can't hold one."""

from phantombot.access.rules import Asker
from phantombot.context import Context
from phantombot.errors import SlackError
from phantombot.messages.blocks import File, Message, plain
from phantombot.messages.detail import FILE_SENT, file_not_sent


def send_file(context: Context, asker: Asker, note: Message, file: File) -> Message:
    """Post the note and the file to the asker; return the answer that says so, or why not."""
    try:
        posted = context.slack.post(asker.workspace, asker.user, note)
        context.slack.upload(asker.workspace, posted, file, in_thread=False)
    except SlackError as error:
        return file_not_sent(error.code)
    return plain(FILE_SENT)
