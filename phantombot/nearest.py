"""What is no command, help topic or flag → a sentence with the nearest that is one."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from phantombot.words import FLAG, LIKE_ARGUMENT, NAME_QUOTES, SCRIPTS, first_word, quoted_name

_HARMLESS = re.compile(r"[\w.!?/-]{1,20}")
"""What may be echoed of an unknown word: longer or stranger ones may be an argument or a key."""
_ECHOED = 40
_LAUNCH = "launch"


def unknown_command(text: str, names: Sequence[str]) -> str:
    """What to say where `text` begins with none of the commands."""
    word, rest = first_word(text)
    nearest = _nearest(word, names)
    if nearest != _LAUNCH and _like_launch(word, rest):
        nearest = f"{_LAUNCH} {_agent_shown(text)} …"
    return f"{_unheard(word)} {_hint(nearest)}"


def unknown_topic(topic: str, names: Sequence[str]) -> str:
    """What to say where help is asked about what is no command."""
    nearest = _nearest(topic, names)
    return f"{_unheard(topic)} {_hint(f'help {nearest}' if nearest else None)}"


def unknown_flag(name: str, flags: Sequence[str]) -> str:
    """What to say to a flag that is none; the nearest is named however far it is."""
    nearest = get_close_matches(name, flags, n=1, cutoff=0)[0]
    return f"I don't know the flag `--{name[:_ECHOED]}`. Did you mean `--{nearest}`?"


def _like_launch(word: str, rest: str) -> bool:
    following = first_word(rest)[0]
    return (
        (word.isascii() and word.isdecimal())
        or word.startswith(NAME_QUOTES)
        or following.lower() in SCRIPTS
        or any(map(LIKE_ARGUMENT.match, (word, following)))
        or FLAG.match(following) is not None
    )


def _agent_shown(text: str) -> str:
    quoted = quoted_name(text.lstrip())
    if not quoted:
        return _harmless(first_word(text)[0]) or "<agent>"
    words = quoted[0][:_ECHOED].split()
    return f'"{" ".join(words)}"' if words and all(map(_HARMLESS.fullmatch, words)) else "<agent>"


def _unheard(word: str) -> str:
    shown = _harmless(word)
    return f"I don't know `{shown}`." if shown else "I don't know that command."


def _hint(nearest: str | None) -> str:
    if nearest:
        return f"Did you mean `/phantom {nearest}`?"
    return "`/phantom help` lists what I know."


def _nearest(word: str, names: Sequence[str]) -> str | None:
    return next(iter(get_close_matches(word.lower()[:_ECHOED], names, n=1, cutoff=0.5)), None)


def _harmless(word: str) -> str:
    shown = word.replace("`", "")
    return shown if _HARMLESS.fullmatch(shown) else ""
