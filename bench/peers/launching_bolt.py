"""A Bolt app that launches as soon as it has acknowledged, and remembers nothing.

It is what is written in an afternoon: no durable intent, no look at the account, no message; a
crash loses the launch, and a time-out doubles it. Nothing that launches can be much faster.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import requests
from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from waitress import serve

BASE = os.environ["PHANTOMBUSTER_API_URL"].rstrip("/")
pool = ThreadPoolExecutor(8)
session = requests.Session()
session.trust_env = False
authorized = AuthorizeResult(enterprise_id=None, team_id=None)
app = App(
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
    authorize=lambda: authorized,
    process_before_response=True,
)


def launch(team, agent, command, argument):
    session.get(
        f"{BASE}/agent/{agent}/launch.json",
        params={"command": command, "argument": argument},
        headers={"X-Phantombuster-Key-1": f"key-of-{team}"},
        timeout=30,
    )


@app.command("/phantom")
def phantom(ack, body):
    _, agent, command, argument = body["text"].split(" ", 3)
    pool.submit(launch, body["team_id"], agent, command, argument)
    ack("Launching")


if __name__ == "__main__":
    serve(SlackRequestHandler(app), host="127.0.0.1", port=int(sys.argv[1]), threads=8, _quiet=True)
