"""A Phantombuster on this machine: API v1 in each of its forms, for the sandbox and the tests."""

from phantombot.sandbox.phantombuster.agents import (
    AGENTS,
    FOREVER,
    LARGE,
    SandboxAgent,
    numbered,
)
from phantombot.sandbox.phantombuster.calls import LaunchRecord, SeenRequest
from phantombot.sandbox.phantombuster.forms import DEFAULT_FORM, FORMS, Form
from phantombot.sandbox.phantombuster.local import LocalPhantombuster

__all__ = [
    "AGENTS",
    "DEFAULT_FORM",
    "FOREVER",
    "FORMS",
    "LARGE",
    "Form",
    "LaunchRecord",
    "LocalPhantombuster",
    "SandboxAgent",
    "SeenRequest",
    "numbered",
]
