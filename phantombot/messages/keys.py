"""What is said about the workspace's Phantombuster key, to its admins alone."""

from phantombot.messages.blocks import Message, actions, button, escape, plain, section
from phantombot.messages.form import View, labelled, notice, opener, plain_text
from phantombot.messages.runs import ADD_KEY

KEY_FORM = "key_form"
KEY_INPUT = "key_input"
REMOVE_KEY = "remove_key"
KEEP_KEY = "keep_key"
_REFUSED = 300
"""An HTTP status from here on is no success."""


def key_form(hint: str | None, problem: str = "") -> View:
    """The form in which an admin types the key; `hint` are the stored key's last 4 characters."""
    stored = (
        f"A key ending in `{escape(hint)}` is stored, and is replaced by what you type here."
        if hint
        else "No key is stored yet."
    )
    blocks = [section(f"⚠️ {problem}")] if problem else []
    return {
        "type": "modal",
        "callback_id": KEY_FORM,
        "title": plain_text("Phantombuster key"),
        "submit": plain_text("Check and store"),
        "close": plain_text("Cancel"),
        "blocks": [
            *blocks,
            section(f"{stored} A key is checked with Phantombuster, and kept encrypted."),
            labelled(
                KEY_INPUT,
                "API key",
                {"type": "plain_text_input"},
                hint="At Phantombuster: Settings, then API key.",
            ),
        ],
    }


def key_notice(text: str) -> View:
    """A sentence in the form's place, with nothing left to type."""
    return notice("Phantombuster key", text)


def shown_in_form(text: str) -> View:
    """Slack's answer to a submitted form that puts `text` in the form's place."""
    return {"response_action": "update", "view": key_notice(text)}


def checking() -> View:
    """Shown while Phantombuster is asked."""
    return key_notice("⏳ Asking Phantombuster about this key…")


def key_stored(hint: str) -> View:
    """Shown when the key was accepted."""
    return key_notice(
        f"✅ Stored: the key ending in `{escape(hint)}`. Members can launch now:"
        " `/phantom launch &lt;agent&gt;`. `/phantom access` says who may."
    )


def key_unchecked(hint: str, status: int | None) -> View:
    """Shown when the key is stored although Phantombuster did not say whether it is right."""
    refused = status is not None and status >= _REFUSED
    why = f"it answers HTTP {status}" if refused else "its answer cannot be read"
    return key_notice(
        f"⚠️ Stored, but not checked: the key ending in `{escape(hint)}`. Phantombuster did not"
        f" list this account's agents ({why}). Launch an agent by its id to see whether the key"
        " works; `/phantom doctor` says more."
    )


KEY_PROBLEMS = {
    "KeyRejected": "Phantombuster does not accept this key, so it was not stored. Copy it again,"
    " all of it.",
    "Unreachable": "Phantombuster cannot be reached, so the key was not stored. Try again.",
    "AnswerLost": "Phantombuster does not answer, so the key was not stored. Try again.",
    "ServerFault": "Phantombuster has a fault of its own, so the key was not stored. Try again.",
    "RateLimited": "Phantombuster is rate-limiting us, so the key was not stored. Try again in a"
    " minute.",
    "StoreUnavailable": "The database does not answer, so the key was not stored. Try again.",
}
KEY_MISSHAPEN = "A key is one word of letters, digits and signs, without spaces."
SLACK_SILENT = "Slack does not answer me just now. Type `/phantom key` again in a minute."
ADMINS_ONLY = (
    "Only admins and owners of this workspace can see or change the Phantombuster key. Ask one of"
    " them to type `/phantom key`."
)
KEY_TYPED = (
    "I did not read on: a key never belongs in the command line, where it may be seen or kept by"
    " others. If that was a key, withdraw it at Phantombuster and make a new one; then an admin"
    " types `/phantom key` alone, and gives it in the form."
)
KEY_WRITTEN = (
    "I did not read on: a key never belongs in a message, where others see it. If that was a key,"
    " delete your message, withdraw the key at Phantombuster and make a new one; then an admin"
    " writes or types `key` alone, and gives it in the form."
)
NO_KEY_TO_REMOVE = "No key is stored, so there is nothing to remove."
KEY_REMOVED = (
    "The key is forgotten. Nobody can launch, and watches rest, until an admin stores one:"
    " `/phantom key`."
)
KEY_KEPT = "The key stays."


def remove_question(hint: str) -> Message:
    """Asks before the key is forgotten."""
    text = (
        f"Forget the key ending in `{escape(hint)}`? Nobody can launch then, and runs that are"
        " going on are followed again only once a key is stored."
    )
    row = actions(
        button("Forget the key", REMOVE_KEY, hint, style="danger"), button("Keep it", KEEP_KEY, "-")
    )
    return Message(text, (section(text), row))


def open_form_button() -> Message:
    """A way to the form for when Slack did not let it be opened."""
    return opener(ADD_KEY, "key")


def key_refused() -> Message:
    """To the admin who stored the key."""
    return plain(
        "Phantombuster no longer accepts the key you stored for this workspace, so nothing can be"
        " launched. Store a new one with `/phantom key`."
    )
