"""Scripts, which play in the sandbox instead of a browser and print the channel as text."""

from phantombot.sandbox.script.lines import parse_script
from phantombot.sandbox.script.player import Player
from phantombot.sandbox.script.transcript import Transcript

__all__ = ["Player", "Transcript", "parse_script"]
