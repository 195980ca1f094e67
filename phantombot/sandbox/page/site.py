"""The page's static files, served as they are: there is no build step."""

from importlib.resources import files

from phantombot.sandbox.server import Response, json_response

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Content on the page can't load, run or send anything elsewhere."""

_KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}


def static_file(name: str) -> Response:
    """Return one of the page's own files, and no other file of this machine."""
    kind = _KINDS.get(name.rpartition(".")[2])
    known = {file.name: file for file in files(__package__).joinpath("static").iterdir()}
    if kind is None or name not in known:
        return json_response({"error": "not found"}, 404)
    return Response(200, known[name].read_bytes(), f"{kind}; charset=utf-8", HEADERS)
