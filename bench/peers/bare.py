"""A bare WSGI function that checks Slack's signature and nothing else: the least an ack can be."""

import hmac
import os
import sys
import time

from waitress import serve

SECRET = os.environ["SLACK_SIGNING_SECRET"].encode()
FRESH = 300


def api(environ, start):
    body = environ["wsgi.input"].read()
    stamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "0")
    signed = hmac.digest(SECRET, b"v0:%s:%s" % (stamp.encode(), body), "sha256")
    right = hmac.compare_digest(f"v0={signed.hex()}", environ.get("HTTP_X_SLACK_SIGNATURE", ""))
    status = "200 OK" if right and abs(time.time() - int(stamp)) < FRESH else "401 Unauthorized"
    start(status, [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return [b""]


if __name__ == "__main__":
    serve(api, host="127.0.0.1", port=int(sys.argv[1]), threads=8, _quiet=True)
