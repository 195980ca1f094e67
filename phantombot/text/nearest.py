"""Suggest the nearest command, help topic or flag for an unknown one."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches

from phantombot.text.normalize import folded
from phantombot.text.tokens import (
    FLAG,
    LIKE_ARGUMENT,
    NAME_QUOTES,
    SCRIPTS,
    engine,
    first_word,
    quoted_name,
)

_HARMLESS = re.compile(r"[\w.!?/-]{1,20}")
"""Unknown words that are safe to repeat: longer or stranger ones could be an argument or a key."""
_ECHOED = 40
_LAUNCH = "launch"


def unknown_command(text: str, names: Sequence[str], others: Mapping[str, str]) -> str:
    """Return what to say if `text` begins with no command; `others` are words for commands."""
    word, rest = first_word(text)
    nearest = _nearest(word, names, others)
    if nearest != _LAUNCH and _like_launch(word, rest):
        nearest = f"{_LAUNCH} {_agent_shown(text)} …"
    return f"{_unheard(word)} {_hint(nearest)}"


def unknown_topic(topic: str, names: Sequence[str], others: Mapping[str, str]) -> str:
    """Return what to say if help is asked about an unknown topic."""
    nearest = _nearest(topic, names, others)
    return f"{_unheard(topic)} {_hint(f'help {nearest}' if nearest else None)}"


def unknown_flag(name: str, flags: Sequence[str]) -> str:
    """Return what to say about an unknown flag; the nearest is always named."""
    nearest = get_close_matches(name, flags, n=1, cutoff=0)[0]
    return f"I don't know the flag `--{name[:_ECHOED]}`. Did you mean `--{nearest}`?"


def not_an_engine(word: str) -> str:
    """Return what to say about a word typed where `casperjs` or `phantomjs` goes."""
    matcher = SequenceMatcher(b=folded(word[:_ECHOED]))

    def likeness(name: str) -> float:
        matcher.set_seq1(name)
        return matcher.ratio()

    first, second = sorted(SCRIPTS, key=likeness, reverse=True)
    shown = harmless(word)
    what = f"`{shown}`" if shown else "the text after the agent"
    return f"{what} is not a command I can pass on. Use `{first}` or `{second}`, or leave it out."


def _like_launch(word: str, rest: str) -> bool:
    following = first_word(rest)[0]
    return (
        word.isdecimal()
        or word.startswith(NAME_QUOTES)
        or engine(following) is not None
        or any(map(LIKE_ARGUMENT.match, (word, following)))
        or FLAG.match(following) is not None
    )


def _agent_shown(text: str) -> str:
    quoted = quoted_name(text.lstrip())
    if not quoted:
        return harmless(first_word(text)[0]) or "<agent>"
    words = quoted[0][:_ECHOED].split()
    return f'"{" ".join(words)}"' if words and all(map(_HARMLESS.fullmatch, words)) else "<agent>"


def _unheard(word: str) -> str:
    shown = harmless(word)
    return f"I don't know `{shown}`." if shown else "I don't know that command."


def _hint(nearest: str | None) -> str:
    if nearest:
        return f"Did you mean `/phantom {nearest}`?"
    return "`/phantom help` lists what I know."


def _nearest(word: str, names: Sequence[str], others: Mapping[str, str]) -> str | None:
    wanted = folded(word[:_ECHOED])
    begun = [name for name in names if name.startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    near = get_close_matches(wanted, others, cutoff=0.75)
    found = get_close_matches(wanted, [*names, *near], n=1, cutoff=0.5)
    return others.get(found[0], found[0]) if found else None


def harmless(word: str) -> str:
    """Return the word if it is safe to repeat; empty if it could be an argument or a key."""
    shown = word.replace("`", "")
    return shown if _HARMLESS.fullmatch(shown) else ""
