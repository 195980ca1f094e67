"""The HTML and style of the pages shown in a browser while the app is installed.

They load nothing: the style is in the page, and the policy allows only that style.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

from phantombot.messages.installing import WebPage

_STYLE = """
:root {
  color-scheme: light dark; --page: #f7f6f9; --card: #fff; --line: #e5e2ea; --edge: #8d8896;
  --text: #1d1b22; --faint: #625e6b; --code: #a81450; --accent: #6a3ea6; --hover: #f3f1f6;
  --primary: #0b7a57; --on: #fff;
  --font: Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #19181d; --card: #24222a; --line: #37343f; --edge: #7d7888;
    --text: #e8e6ec; --faint: #a8a3b2; --code: #ff9abb; --accent: #b794ee; --hover: #2e2b35;
    --primary: #12805e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 16px;
  background: var(--page); color: var(--text); font: 16px/1.5 var(--font);
}
main {
  width: 100%; max-width: 480px; padding: 28px; border: 1px solid var(--line);
  border-radius: 12px; background: var(--card); overflow-wrap: anywhere;
}
.face {
  display: grid; place-items: center; width: 44px; height: 44px; border-radius: 11px;
  background: #6a3ea6; color: #fff;
}
.face svg { width: 66%; }
h1 { margin: 16px 0 8px; font-size: 22px; line-height: 1.3; }
p, ol { margin: 0 0 12px; }
ol { padding-left: 22px; }
li { padding-left: 4px; margin-bottom: 8px; }
li span { display: block; color: var(--faint); }
code { color: var(--code); font: 14px var(--mono); }
.doors { display: flex; flex-wrap: wrap; gap: 10px; margin: 20px 0 0; }
.button {
  padding: 9px 16px; border: 1px solid var(--edge); border-radius: 8px; color: inherit;
  font-weight: 600; text-decoration: none;
}
.button:hover { background: var(--hover); }
.primary { border-color: var(--primary); color: var(--on); }
.primary, .primary:hover { background: var(--primary); }
.primary:hover { filter: brightness(1.12); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
"""
_FACE = """<span class="face"><svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor"
d="M12 3a7 7 0 0 0-7 7v10.2c0 .6.7.9 1.1.5l1.7-1.6 2.1 1.7a.9.9 0 0 0 1.1 0l1-.9 1 .9a.9.9 0 0 0
1.1 0l2.1-1.7 1.7 1.6c.4.4 1.2.1 1.2-.5V10a7 7 0 0 0-7-7Zm-2.6 8.6a1.4 1.4 0 1 1 0-2.8 1.4 1.4 0 0 1
0 2.8Zm5.2 0a1.4 1.4 0 1 1 0-2.8 1.4 1.4 0 0 1 0 2.8Z"/></svg></span>"""
_HTML = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · phantombot</title>
<style>{style}</style>
</head>
<body>
<main>
{face}
<h1>{title}</h1>
{main}
</main>
</body>
</html>
"""


def rendered(page: WebPage) -> str:
    """Return the page's HTML."""
    return _HTML.format(title=escape(page.title), style=_STYLE, face=_FACE, main=page.main)


def page_headers() -> tuple[tuple[str, str], ...]:
    """Return the headers of every page, whose policy only allows its own style."""
    style = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    return (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy))
