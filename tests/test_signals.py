"""How a process is told to end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE

TRACED = """
import os, signal, sys, threading, time
from phantombot.processes import serve

UNREACHED, STUCK = 7, 60

def role(at):
    seen = 0

    def trace(frame, event, _):
        nonlocal seen
        seen += event == "line"
        if event == "line" and seen == at:
            sys.settrace(None)
            os.kill(os.getpid(), signal.SIGTERM)
        return trace

    def give_up():
        time.sleep(0.2)
        seen < at and os._exit(UNREACHED)

    class Role:
        def __init__(self, settings, speed): pass
        def stop(self): pass
        def start(self):
            sys._getframe(1).f_trace = trace
            threading.Thread(target=give_up, daemon=True).start()
            sys.settrace(trace)

    return Role

for at in range(1, 99):
    pid = os.fork()
    if not pid:
        signal.alarm(STUCK)
        serve(None, 1.0, role(at))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code:
        print(at, code)
        break
"""
"""Sends SIGTERM at the first line after the start, at the second, and so on until none is left."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_signal_at_whatever_line_of_the_waiting_ends_the_process():
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TRACED],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=True,
    )
    last, code = map(int, ended.stdout.split())
    assert (last > 1, code) == (True, 7), ended.stderr
