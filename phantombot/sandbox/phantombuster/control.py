"""The control API, which the real one doesn't have: sets faults, webhooks, clock and form."""

from typing import TYPE_CHECKING

from phantombot.sandbox.phantombuster.faults import fault_from, refusal
from phantombot.sandbox.server import Request, Response, json_response

if TYPE_CHECKING:
    from phantombot.sandbox.phantombuster.local import LocalPhantombuster


def control(server: "LocalPhantombuster", request: Request) -> Response:
    """Answer a call under `/_control/`."""
    if (request.method, request.path) == ("GET", "/_control/state"):
        return json_response(server.state())
    try:
        known = request.method == "POST" and _obey(server, request)
    except (LookupError, TypeError, ValueError) as error:
        return refusal(400, f"Cannot be read: {error}")
    return (
        json_response({"status": "success", "data": None}) if known else refusal(404, "Not found")
    )


def _obey(server: "LocalPhantombuster", request: Request) -> bool:
    match request.path:
        case "/_control/fault":
            server.add_fault(fault_from(request.json))
        case "/_control/hook":
            server.hook(str(request.json["agent"]), str(request.json["url"]))
        case "/_control/clock":
            server.set_clock(float(request.json["seconds"]))
        case "/_control/form":
            server.switch(str(request.json["form"]))
        case "/_control/clear":
            server.clear_faults()
        case _:
            return False
    return True
