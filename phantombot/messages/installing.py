"""Messages and browser pages shown while the app is installed."""

from dataclasses import dataclass
from enum import StrEnum
from html import escape

from phantombot.messages.blocks import Message, plain

_STEPS = (
    "<ol><li><b>Store the Phantombuster key</b> <span>An admin does that, by the message's button"
    " or with <code>/phantom key</code>.</span></li>\n"
    "<li><b>Try a launch</b> <span><code>/phantom launch</code> opens a form.</span></li>\n"
    "<li><b>Invite me to a channel</b> <span><code>/invite @phantombot</code></span></li></ol>"
)


class NextStep(StrEnum):
    """What the page says to do after an installation."""

    MESSAGE = f"<p>A message in Slack leads you through three steps.</p>\n{_STEPS}"
    KEYS = (
        "<p>In each workspace, an admin stores its Phantombuster key with <code>/phantom"
        " key</code>. Then <code>/phantom help</code> lists the commands.</p>"
    )
    NONE = (
        "<p>It was installed before: the Phantombuster key, runs and rules stay as they were."
        " <code>/phantom help</code> lists the commands.</p>"
    )


@dataclass(frozen=True)
class WebPage:
    """A page for a browser: its heading, as text, and the HTML below it."""

    title: str
    main: str


def not_installed(install_url: str) -> Message:
    """Say that the app isn't installed in this workspace, and how to install it."""
    return plain(
        "phantombot is not installed in this workspace, so nothing was done."
        f" A workspace admin can install it: <{install_url}>"
    )


def installed_page(workspace: str, app_url: str, browser_url: str, next_step: NextStep) -> WebPage:
    """Return the page that confirms the installation and links to the next steps in Slack."""
    doors = _doors(("Open Slack", app_url), ("Open Slack in the browser", browser_url))
    title = f"phantombot is installed in {workspace or 'your workspace'}"
    return WebPage(title, f"{next_step}\n{doors}")


def denied_page(install_url: str) -> WebPage:
    """Return the page for somebody who declined the installation."""
    return _not_installed(
        install_url, "You didn't allow phantombot, so nothing was installed and nothing was stored."
    )


def stale_page(install_url: str) -> WebPage:
    """Return the page for a link that wasn't made here, or for this browser, or is too old."""
    return _not_installed(
        install_url,
        "This link was made for another browser, has been used already, or is older than ten"
        " minutes. Nothing was stored.",
    )


def slack_refused_page(install_url: str) -> WebPage:
    """Return the page for an installation that Slack refused."""
    return _not_installed(
        install_url,
        "Slack refused the installation, so nothing was stored. Ask whoever runs phantombot: its"
        " log says why.",
    )


def try_later_page(install_url: str) -> WebPage:
    """Return the page for when Slack or the database isn't answering."""
    return _not_installed(
        install_url,
        "Slack or the database isn't answering right now, so nothing was stored. Start again in a"
        " minute.",
        "Not installed yet",
    )


def _not_installed(install_url: str, why: str, title: str = "Not installed") -> WebPage:
    return WebPage(title, f"<p>{why}</p>\n{_doors(('Start again', install_url))}")


def _doors(first: tuple[str, str], *others: tuple[str, str]) -> str:
    """Return links that look like buttons, the first one emphasized."""
    kinds = ["button primary", *["button"] * len(others)]
    links = (
        f'<a class="{kind}" href="{escape(url)}">{text}</a>'
        for kind, (text, url) in zip(kinds, (first, *others), strict=True)
    )
    return f'<p class="doors">{" ".join(links)}</p>'
