"""Messages as they are made from sample data, and as they would be from hostile data."""

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from messages.rendering import rendered

from phantombot import messages
from phantombot.messages.blocks import File, Message, escape, plain
from phantombot.messages.commands import CommandHelp
from phantombot.messages.doctor import Finding, checked
from phantombot.messages.installing import WebPage

HERE = Path(__file__).parent
SAMPLES = HERE / "samples"
SNAPSHOTS = HERE / "snapshots"
TOOLS = ("blocks", "listing", "form")
"""What messages are made with, not what is said."""

HOSTILE = "<!channel> @here <@U0EVIL> <https://evil.test|ok> `x` *b* & " * 100
"""What others may call an agent, or print: too long, too, for any limit of Slack's."""


class Ours(str):
    """Words of our own that a message is handed: no others' words can stand there."""

    __slots__ = ()


@dataclass(frozen=True)
class Sample:
    """A function of phantombot/messages/, called in one situation."""

    function: Callable[..., Any]
    situation: str
    arguments: tuple[Any, ...]
    named: dict[str, Any] = field(default_factory=dict)

    @property
    def module(self) -> str:
        """Return the module of phantombot/messages/ that it belongs to."""
        return self.function.__module__.rpartition(".")[2]

    @property
    def name(self) -> str:
        """Return the name of its snapshot."""
        return f"{self.function.__name__}: {self.situation}"

    def made(self) -> Any:
        """Return the result of the function."""
        return self.function(*self.arguments, **self.named)

    def made_of_hostile_words(self) -> Any:
        """Return the result if every text of several words is hostile."""
        return self.made_of(HOSTILE)

    def made_of(self, words: str) -> Any:
        """Return the result if every text of several words is this one."""
        return self.function(*others(words, self.arguments), **others(words, self.named))


def sample(function: Callable[..., Any], situation: str, *arguments: Any, **named: Any) -> Sample:
    """Return a sample of `function` with these arguments; `situation` is part of its name."""
    return Sample(function, situation, arguments, named)


def others(words: str, value: Any) -> Any:
    """Return the value with each plain text of several words replaced, at any depth."""
    if type(value) is str:
        return words if " " in value else value
    if type(value) is Message:
        return plain(escape(words, len(words) * 5))
    if isinstance(value, list | tuple):
        return type(value)(others(words, one) for one in value)
    if isinstance(value, dict):
        return {name: others(words, one) for name, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type | Finding | CommandHelp):
        names = [field.name for field in fields(value)]
        return replace(value, **{name: others(words, getattr(value, name)) for name in names})
    return value


def message_modules() -> dict[str, ModuleType]:
    """Return the modules of phantombot/messages/ that hold what is said, by name."""
    files = sorted(Path(messages.__path__[0]).glob("[!_]*.py"))
    names = [file.stem for file in files if file.stem not in TOOLS]
    return {name: importlib.import_module(f"phantombot.messages.{name}") for name in names}


def samples() -> list[Sample]:
    """Return all of tests/messages/samples/."""
    files = sorted(SAMPLES.glob("*.py"))
    found = (importlib.import_module(f"messages.samples.{file.stem}") for file in files)
    return [one for module in found for one in module.SAMPLES]


def snapshots_of(name: str, module: ModuleType) -> dict[str, Any]:
    """Return what a module says: its public sentences, and each of its samples."""
    said = {constant: shown(text) for constant, text in sentences(module)}
    mine = [one for one in samples() if one.module == name]
    twice = [one.name for one in mine if sum(one.name == other.name for other in mine) > 1]
    if twice:
        raise LookupError(f"two samples of {name} are called {twice[0]!r}")
    return said | {one.name: shown(one.made()) for one in mine}


def sentences(module: ModuleType) -> Iterator[tuple[str, str | Finding]]:
    """Yield the public constants of a module that hold words for a user."""
    for name, value in vars(module).items():
        if not name.isupper() or name.startswith("_"):
            continue
        if isinstance(value, Finding) or (isinstance(value, str) and " " in value):
            yield name, value
        elif isinstance(value, dict):
            words = ((key, text) for key, text in value.items() if isinstance(text, str | Finding))
            yield from ((f"{name}: {key}", text) for key, text in words)


def shown(said: Any) -> dict[str, Any]:
    """Return the parts of a message, form, menu, file or sentence."""
    if isinstance(said, Finding):
        said = checked([said])
    if isinstance(said, WebPage):
        said = f"<h1>{said.title}</h1>\n{said.main}"
    if isinstance(said, Message):
        return {"text": said.text, "blocks": list(said.blocks)}
    if isinstance(said, File):
        told = {"name": said.name, "title": said.title}
        return {"text": said.content, "blocks": [], "file": told}
    if isinstance(said, dict):
        form = said.get("view", said)  # the answer to a form may hold a form
        view = {name: part for name, part in form.items() if name != "blocks"}
        title = form.get("title", {}).get("text", "Home")
        answer = {name: part for name, part in said.items() if name != "view" and form is not said}
        return {"text": title, "blocks": form["blocks"], "view": view, "answer": answer}
    if isinstance(said, list):
        return {"text": "A menu, in which Slack reads no marks", "blocks": [], "menu": said}
    if isinstance(said, str):
        return {"text": said, "blocks": list(plain(said).blocks)}
    raise TypeError(f"{said!r} is not what a user can be shown")


def written(snapshots: dict[str, Any]) -> str:
    """Return the text of a snapshot file: each name at the start of a line, its message below."""
    return "\n".join(f"{name}\n{rendered(shown)}\n" for name, shown in snapshots.items())


def held(name: str) -> dict[str, str]:
    """Return the text of each message in a module's snapshot file, by name."""
    file = SNAPSHOTS / f"{name}.txt"
    text = file.read_text("utf-8") if file.exists() else ""
    entries = (entry.partition("\n") for entry in re.split(r"\n\n(?=\w)", text.removesuffix("\n")))
    return {situation: message for situation, _, message in entries if situation}


def write_all() -> None:
    """Rewrite tests/messages/snapshots/."""
    modules = message_modules()
    for stale in {file.stem for file in SNAPSHOTS.glob("*.txt")} - set(modules):
        (SNAPSHOTS / f"{stale}.txt").unlink()
    for name, module in modules.items():
        file, said = SNAPSHOTS / f"{name}.txt", snapshots_of(name, module)
        file.unlink(missing_ok=True)
        if said:
            file.write_text(written(said), "utf-8")


if __name__ == "__main__":
    write_all()
