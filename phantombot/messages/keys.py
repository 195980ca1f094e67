"""Messages about the workspace's Phantombuster key, only for its admins."""

from phantombot.messages.blocks import Message, actions, button, escape, plain, section
from phantombot.messages.form import View, labelled, notice, opener, plain_text
from phantombot.phantombuster.account import Api, KeyNote

ADD_KEY = "add_key"
KEY_FORM = "key_form"
KEY_INPUT = "key_input"
REMOVE_KEY = "remove_key"
KEEP_KEY = "keep_key"
MOVE_KEY = "move_key"
_REFUSED = 300
"""HTTP statuses from here on aren't a success."""


def key_mark(note: KeyNote | None) -> str:
    """Return a mark that identifies the stored key; empty if none is stored.

    Buttons and forms carry it, so that they only act on the key that they were about.
    """
    return note.stored_at.isoformat() if note else ""


def key_form(note: KeyNote | None, problem: str = "") -> View:
    """Return the form for the key; `note` is what can be shown of the stored one."""
    stored = (
        f"A key ending in `{escape(note.hint)}` is stored, and goes by Phantombuster's API"
        f" {note.api}. The key you type here replaces it."
        if note
        else "No key is stored yet."
    )
    blocks = [section(f"⚠️ {problem}")] if problem else []
    return {
        "type": "modal",
        "callback_id": KEY_FORM,
        "private_metadata": key_mark(note),
        "title": plain_text("Phantombuster key"),
        "submit": plain_text("Check and store"),
        "close": plain_text("Cancel"),
        "blocks": [
            *blocks,
            section(f"{stored} The key is checked with Phantombuster and stored encrypted."),
            labelled(
                KEY_INPUT,
                "API key",
                {"type": "plain_text_input"},
                hint="At Phantombuster: Settings, then API key.",
            ),
        ],
    }


def key_notice(text: str) -> View:
    """Return a view that shows one sentence in place of the form."""
    return notice("Phantombuster key", text)


def shown_in_form(text: str) -> View:
    """Return the response to a submitted form that shows `text` in its place."""
    return {"response_action": "update", "view": key_notice(text)}


def checking() -> View:
    """Return what the form shows while the key is checked."""
    return key_notice("⏳ Checking this key with Phantombuster…")


def key_stored(hint: str, api: Api) -> View:
    """Confirm that the key was accepted and stored, and say which API accepts it."""
    return key_notice(
        f"✅ Stored: the key ending in `{escape(hint)}`. Phantombuster takes it by its API {api}."
        " Members can launch now:"
        " `/phantom launch &lt;agent&gt;`. To limit who can, type `/phantom access`."
    )


def key_unchecked(hint: str, status: int | None) -> View:
    """Say that the key was stored although Phantombuster didn't confirm it."""
    refused = status is not None and status >= _REFUSED
    why = f"it answered HTTP {status}" if refused else "I can't read its answer"
    return key_notice(
        f"⚠️ Stored, but not checked: the key ending in `{escape(hint)}`. Phantombuster didn't"
        f" list this account's agents ({why}). To see whether the key works, launch an agent by"
        " its id, or type `/phantom doctor`."
    )


KEY_PROBLEMS = {
    "KeyRejected": "Phantombuster doesn't accept this key, so it wasn't stored. Copy the whole key"
    " again.",
    "Unreachable": "Phantombuster can't be reached, so the key wasn't stored. Try again.",
    "AnswerLost": "Phantombuster isn't answering, so the key wasn't stored. Try again.",
    "ServerFault": "Phantombuster has an internal error, so the key wasn't stored. Try again.",
    "RateLimited": "Phantombuster is rate-limiting us, so the key wasn't stored. Try again in a"
    " minute.",
    "StoreUnavailable": "The database isn't answering, so the key wasn't stored. Try again.",
}
KEY_MISSHAPEN = "A key is one word of letters, digits and symbols, without spaces."
KEY_REPLACED_MEANWHILE = "Nothing was moved: another key was stored meanwhile."
KEY_CHANGED_MEANWHILE = (
    "The key was changed while you had this form open, so yours wasn't stored. Enter it again if it"
    " should replace the one that is stored now."
)
SLACK_SILENT = "Slack isn't answering right now. Type `/phantom key` again in a minute."
ADMINS_ONLY = (
    "Only admins and owners of this workspace can see or change the Phantombuster key. Ask one of"
    " them to type `/phantom key`."
)
KEY_TYPED = (
    "I didn't read on: a key never belongs in a command, where others may see or keep it. If that"
    " was a key, revoke it at Phantombuster and create a new one. Then an admin types `/phantom"
    " key` alone and enters the new key in the form."
)
KEY_WRITTEN = (
    "I didn't read on: a key never belongs in a message, where others can see it. If that was a"
    " key, delete your message, revoke the key at Phantombuster and create a new one. Then an admin"
    " types `key` alone and enters the new key in the form."
)
V2_SILENT = "Phantombuster's API v2 doesn't take this key right now, so it stays with v1."
KEY_MOVED_BEFORE = "The key goes by Phantombuster's API v2 already."
NO_KEY_TO_REMOVE = "No key is stored, so there is nothing to remove."
KEY_REMOVED = (
    "The key is forgotten. Nobody can launch, and watches are paused, until an admin stores a new"
    " one with `/phantom key`."
)
KEY_KEPT = "The key stays."


def key_replaced(note: KeyNote) -> Message:
    """Say that another key has replaced the one that the question was about."""
    return plain(
        "Nothing was removed: the key was replaced after this question. The one stored now ends in"
        f" `{escape(note.hint)}`. To forget it, type `/phantom key remove`."
    )


def remove_question(note: KeyNote) -> Message:
    """Ask before the key is removed."""
    text = (
        f"Forget the key ending in `{escape(note.hint)}`? Until a key is stored again, nobody can"
        " launch, and I can't follow current runs."
    )
    row = actions(
        button("Forget the key", REMOVE_KEY, key_mark(note), style="danger"),
        button("Keep it", KEEP_KEY, "-"),
    )
    return Message(text, (section(text), row))


def move_offered() -> Message:
    """Offer to move the key from Phantombuster's API v1 to v2."""
    text = (
        "Phantombuster's API v2 takes this key too. There, a launch whose answer was lost is found"
        " for sure, stopping is gentler, and each run has a link. `casperjs` and `phantomjs` don't"
        " exist there. Runs that are going on are followed to their end."
    )
    return Message(text, (section(text), actions(button("Move to API v2", MOVE_KEY, "key"))))


def key_moved(hint: str) -> Message:
    """Confirm that the key uses v2 from now on."""
    return plain(
        f"✅ The key ending in `{escape(hint)}` goes by Phantombuster's API v2 from now on. Runs"
        " that are going on are followed to their end. Aliases with `casperjs` or `phantomjs`"
        " have to be set again without."
    )


def open_form_button() -> Message:
    """Offer a button that opens the form, for when Slack refused to open it."""
    return opener(ADD_KEY, "key")


def with_add_key(message: Message) -> Message:
    """Add the button with which an admin adds the key."""
    row = actions(button("Add the key", ADD_KEY, "key", style="primary"))
    return Message(message.text, (*message.blocks, row))


def key_refused() -> Message:
    """Tell the admin who stored the key that it is no longer accepted."""
    return plain(
        "Phantombuster no longer accepts the key you stored for this workspace, so nothing can be"
        " launched. Store a new one with `/phantom key`."
    )
