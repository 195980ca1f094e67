"""Messages and browser pages shown while the app is installed."""

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
    """Tell somebody who uses the app where it is not installed how to install it."""
    return plain(
        "phantombot is not installed in this workspace, so nothing was done."
        f" A workspace admin can install it: <{install_url}>"
    )


def installed_page(workspace: str, open_url: str) -> str:
    """Return the page that confirms the installation and names the next step."""
    return _page(
        "Installed",
        f"phantombot is installed in {escape(workspace) or 'your workspace'}.",
        "Next, a workspace admin types <code>/phantom key</code> in any channel and enters the"
        " Phantombuster key in the form. After that, <code>/phantom help</code> lists the"
        " commands.",
        f'<a href="{escape(open_url)}">Back to Slack</a>',
    )


def denied_page(install_url: str) -> str:
    """Return the page for somebody who declined the installation."""
    return _page(
        "Not installed",
        "You didn't allow phantombot, so nothing was installed and nothing was stored.",
        f"If that was a mistake, start again: {_again(install_url)}",
    )


def stale_page(install_url: str) -> str:
    """Return the page for a link that wasn't made here, or for this browser, or is too old."""
    return _page(
        "Not installed",
        "This link was made for another browser, has been used already, or is older than ten"
        " minutes. Nothing was stored.",
        f"Start again: {_again(install_url)}",
    )


def slack_refused_page(install_url: str) -> str:
    """Return the page for an installation that Slack refused."""
    return _page(
        "Not installed",
        "Slack refused the installation, so nothing was stored. Ask whoever runs phantombot: its"
        " log says why.",
        f"Then start again: {_again(install_url)}",
    )


def try_later_page(install_url: str) -> str:
    """Return the page for when Slack or the database isn't answering."""
    return _page(
        "Not installed yet",
        "Slack or the database isn't answering right now, so nothing was stored.",
        f"Start again in a minute: {_again(install_url)}",
    )


def _again(install_url: str) -> str:
    return _AGAIN.format(install=escape(install_url))


def _page(title: str, *paragraphs: str) -> str:
    return _PAGE.format(title=title, paragraphs="\n".join(f"<p>{one}</p>" for one in paragraphs))
