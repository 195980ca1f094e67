"""An empty Bolt app: it acknowledges the command, and does nothing.

`api` is for a WSGI server, as Bolt's own guide deploys it; `python empty_bolt.py PORT` serves it
under waitress, as phantombot is served. With LEAN=1 Bolt answers before its listener's thread is
done, and asks Slack nothing at its start: the most that Bolt can do.
"""

import os
import sys

from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient


def make() -> App:
    secret = os.environ["SLACK_SIGNING_SECRET"]
    if os.environ.get("LEAN"):
        authorized = AuthorizeResult(enterprise_id=None, team_id=None)
        return App(
            signing_secret=secret, authorize=lambda: authorized, process_before_response=True
        )
    token = os.environ["SLACK_BOT_TOKEN"]
    return App(signing_secret=secret, client=WebClient(token, base_url=os.environ["SLACK_API_URL"]))


app = make()


@app.command("/phantom")
def phantom(ack):
    ack("Launching")


api = SlackRequestHandler(app)

if __name__ == "__main__":
    from waitress import serve

    serve(api, host="127.0.0.1", port=int(sys.argv[1]), threads=8, _quiet=True)
