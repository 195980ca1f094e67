"""A Phantombuster on this machine: API v1 in both its forms, for the sandbox and the tests."""

from phantombot.sandbox.phantombuster.agents import AGENTS, FOREVER, SandboxAgent, numbered
from phantombot.sandbox.phantombuster.calls import LaunchRecord, SeenRequest
from phantombot.sandbox.phantombuster.local import LocalPhantombuster
from phantombot.sandbox.phantombuster.runs import Form

__all__ = [
    "AGENTS",
    "FOREVER",
    "Form",
    "LaunchRecord",
    "LocalPhantombuster",
    "SandboxAgent",
    "SeenRequest",
    "numbered",
]
