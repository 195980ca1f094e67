"""What is said while the app is installed, in Slack and on the pages in the browser."""

from html import escape

from phantombot.messages.blocks import Message, plain

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>phantombot: {title}</title></head>
<body>
<h1>{title}</h1>
{paragraphs}
</body>
</html>
"""
_AGAIN = '<a href="{install}">Install phantombot</a>'


def not_installed(install_url: str) -> Message:
    """For whoever types or presses where the app is not installed."""
    return plain(
        "phantombot is not installed in this workspace, so nothing was done."
        f" A workspace admin can install it: <{install_url}>"
    )


def installed_page(workspace: str, open_url: str) -> str:
    """The app is installed; what comes next."""
    return _page(
        "Installed",
        f"phantombot is installed in {escape(workspace) or 'your workspace'}.",
        "Next, a workspace admin types <code>/phantom key</code> in any channel, and gives"
        " the Phantombuster key in the form that opens. Then <code>/phantom help</code> shows"
        " the rest.",
        f'<a href="{escape(open_url)}">Back to Slack</a>',
    )


def denied_page(install_url: str) -> str:
    """Whoever was asked said no."""
    return _page(
        "Not installed",
        "You did not allow phantombot, so nothing was installed and nothing was stored.",
        f"If that was a mistake, start again: {_again(install_url)}",
    )


def stale_page(install_url: str) -> str:
    """The way back from Slack was not begun here, or not in this browser, or long ago."""
    return _page(
        "Not installed",
        "This link was not made for this browser, has been used, or is older than ten minutes."
        " Nothing was stored.",
        f"Start again: {_again(install_url)}",
    )


def slack_refused_page(install_url: str) -> str:
    """Slack did not give what was asked of it."""
    return _page(
        "Not installed",
        "Slack refused the installation, so nothing was stored. Whoever runs phantombot finds the"
        " reason in its log.",
        f"Then start again: {_again(install_url)}",
    )


def try_later_page(install_url: str) -> str:
    """Slack or the database does not answer now."""
    return _page(
        "Not installed yet",
        "Something that is needed does not answer just now, so nothing was stored.",
        f"Start again in a minute: {_again(install_url)}",
    )


def _again(install_url: str) -> str:
    return _AGAIN.format(install=escape(install_url))


def _page(title: str, *paragraphs: str) -> str:
    return _PAGE.format(title=title, paragraphs="\n".join(f"<p>{one}</p>" for one in paragraphs))
