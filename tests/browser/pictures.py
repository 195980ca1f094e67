"""The pictures of README and docs, made of the real page: `make pictures`."""

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from messages.sampling import message_modules, snapshots_of
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from phantombot.sandbox.first_steps import FIRST_LINE
from phantombot.sandbox.trial import Trial

from .film import Film
from .visiting import CHROMIUM, SHOTS, Visit, launch

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
SCHEMES = ("light", "dark")
TOLD = ("runs", "stops", "detail")
"""What stands in docs of the messages; all of them are too large, and lie with the screenshots."""


@contextmanager
def trial_in(folder: str, speed: float = 1.0) -> Iterator[Trial]:
    trial = Trial(0, folder, speed=speed)
    trial.start()
    yield trial
    trial.stop()


class Studio:
    """Makes pictures in one browser, each of a sandbox of its own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    @contextmanager
    def visit(
        self,
        *,
        width: int = 1200,
        height: int = 720,
        scheme: str = "light",
        speed: float = 10.0,
        steps: bool = False,
    ) -> Iterator[tuple[Visit, Trial]]:
        """Yield the page in a window of that size, its steps put away unless they are asked for."""
        size = {"width": width, "height": height}
        with tempfile.TemporaryDirectory() as folder, trial_in(folder, speed) as trial:
            trial.slack._page.panel.steps.show({"shown": steps})
            context = self._browser.new_context(
                viewport=size, color_scheme=scheme, locale="en-GB", reduced_motion="reduce"
            )
            yield Visit(context.new_page(), trial, "U0ADA"), trial
            context.close()


def first_screen(studio: Studio, scheme: str) -> Image.Image:
    """Return the page as first seen, with the first step done."""
    with studio.visit(scheme=scheme, height=560, steps=True) as (ada, _):
        ada.type(FIRST_LINE)
        ada.sees("LinkedIn Search", "finished", "2 replies")
        expect(ada.page.get_by_role("button", name="Steps")).to_contain_text("2/4")
        return picture(ada.page)


def page_with_phantombuster(studio: Studio, scheme: str) -> Image.Image:
    """Return the page with a run that ended, one that is running, and one on a bad day."""
    with studio.visit(scheme=scheme) as (ada, trial):
        ada.open_pane("Phantombuster")
        ada.type("/phantom launch 785")
        ada.sees("LinkedIn Search", "finished", "2 replies")
        ada.bad_day("The session cookie expired")
        ada.type("/phantom launch 786")
        ada.sees("LinkedIn Profile Scraper", "session cookie expired", "1 reply")
        trial.slack.write("Somebody has to log in again, I am on it", user="U0MAX")
        ada.bad_day("The session cookie expired")
        ada.type("/phantom launch 903")
        ada.sees("Google Maps Extractor", "running")
        ada.page.locator("#pane-phantombuster").evaluate("pane => pane.scrollTop = 0")
        return picture(ada.page)


def page_with_traffic(studio: Studio, scheme: str) -> Image.Image:
    """Return the traffic of a launch, with one exchange unfolded."""
    with studio.visit(scheme=scheme) as (ada, _):
        ada.type("/phantom launch 785")
        ada.sees("LinkedIn Search", "finished", "2 replies")
        ada.open_pane("Traffic")
        traffic = ada.page.get_by_role("log", name="Traffic")
        traffic.get_by_text("POST agent/785/launch", exact=True).click()
        expect(traffic.get_by_label("Request")).to_be_visible()
        traffic.evaluate("list => list.scrollTop = list.querySelector('[open]').offsetTop - 130")
        return picture(ada.page)


def page_on_a_phone(studio: Studio, scheme: str) -> Image.Image:
    """Return the thread of a run, in a narrow window."""
    with studio.visit(width=390, height=720, scheme=scheme) as (ada, _):
        ada.type("/phantom launch 785")
        ada.page.get_by_role("button", name="2 replies").click()
        expect(ada.page.get_by_role("complementary", name="Thread")).to_be_visible()
        return picture(ada.page)


def launch_form(studio: Studio, scheme: str) -> Image.Image:
    """Return the launch form while an agent is searched."""
    with studio.visit(width=900, height=640, scheme=scheme) as (ada, _):
        ada.type("/phantom agents")
        ada.sees("LinkedIn Search")
        ada.type("/phantom launch")
        form = ada.page.get_by_role("dialog", name="Launch an agent")
        form.get_by_role("combobox", name="Agent").press_sequentially("linked")
        expect(ada.page.get_by_role("option", name="LinkedIn Search (785)")).to_be_visible()
        return picture(ada.page)


def home(studio: Studio, scheme: str) -> Image.Image:
    """Return App Home, where one run has ended and another is running."""
    with studio.visit(width=1100, height=760, scheme=scheme) as (ada, _):
        ada.type("/phantom launch 785")
        ada.sees("LinkedIn Search", "finished", "2 replies")
        ada.type("/phantom launch 903")
        ada.sees("Google Maps Extractor", "running")
        ada.page.get_by_role("button", name="phantombot").click()
        shown = ada.page.get_by_role("tabpanel", name="Home")
        expect(shown).to_contain_text("Google Maps Extractor (903) · running")
        expect(shown).to_contain_text("Agents 1 to ")
        return picture(ada.page)


def messages(studio: Studio, scheme: str, names: Iterable[str], columns: int) -> Image.Image:
    """Draw what the bot can say, as its samples have it, in columns of 390 px."""
    strips = [strip for name in names for strip in shown(studio, name, scheme)]
    return in_columns(strips, columns)


def shown(studio: Studio, name: str, scheme: str) -> Iterator[Image.Image]:
    """Draw a channel of that name, with the samples of one module in it."""
    known = snapshots_of(name, message_modules()[name]).values()
    said = [one for one in known if one["blocks"] and not asks(one["blocks"])]
    if not said:
        return
    with studio.visit(width=390, height=400, scheme=scheme) as (ada, trial):
        for person in ("U0ALICE", "U0BOB"):
            trial.slack.add_person(person)
        trial.slack.add_channel("C0SHOWN", name)
        with trial.slack._workspace.bell:
            for one in said:
                trial.slack._workspace.post("C0SHOWN", one["text"], one["blocks"])
        ada.page.goto(f"{trial.slack.url}/#U0ADA/C0SHOWN")
        ada.page.reload()
        expect(ada.page.get_by_role("article")).to_have_count(len(said))
        for dispensable in ("footer", ".panes", "#menu"):
            ada.page.locator(dispensable).evaluate("one => one.hidden = true")
        height = ada.page.evaluate("document.getElementById('messages').scrollHeight")
        ada.page.set_viewport_size({"width": 390, "height": height + 54})
        yield picture(ada.page)


def asks(blocks: list[dict[str, object]]) -> bool:
    """Return whether it is a form."""
    return any(block["type"] == "input" for block in blocks)


def in_columns(strips: list[Image.Image], columns: int) -> Image.Image:
    """Return the strips in columns, cut where a column is full."""
    whole = sum(strip.height for strip in strips)
    height = -(-whole // columns)
    long = Image.new("RGB", (390, height * columns), strips[0].getpixel((1, strips[0].height - 1)))
    at = 0
    for strip in strips:
        long.paste(strip, (0, at))
        at += strip.height
    sheet = Image.new("RGB", (390 * columns, height))
    for column in range(columns):
        sheet.paste(long.crop((0, column * height, 390, (column + 1) * height)), (390 * column, 0))
    return sheet


def picture(page: Page) -> Image.Image:
    """Return a picture of the page, with the mouse away from everything."""
    page.mouse.move(1, 1)
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def launch_film(studio: Studio, scheme: str) -> Film:
    """Film a launch, from the first letter of the command to the result in its thread."""
    film = Film()
    with studio.visit(width=1120, height=520, scheme=scheme, speed=2.0) as (ada, _):
        field = ada.page.get_by_role("textbox", name="Message or command")
        film.hold(picture(ada.page), 500)
        for end in range(1, len(FIRST_LINE) + 1, 2):
            field.fill(FIRST_LINE[: end + 1])
            film.hold(picture(ada.page), 70)
        film.hold(picture(ada.page), 500)
        field.press("Enter")
        ended = ada.page.get_by_role("button", name="2 replies")
        while not ended.is_visible():
            film.hold(picture(ada.page), 110)
            ada.page.wait_for_timeout(110)
        film.hold(picture(ada.page), 1_600)
        ended.click()
        expect(ada.page.get_by_role("complementary", name="Thread")).to_be_visible()
        film.hold(picture(ada.page), 3_500)
    return film


STILLS: dict[str, Callable[[Studio, str], Image.Image]] = {
    "first": first_screen,
    "phantombuster": page_with_phantombuster,
    "traffic": page_with_traffic,
    "phone": page_on_a_phone,
    "form": launch_form,
    "home": home,
}


def main(names: list[str]) -> int:
    """Make them all anew, or those named; the exit code."""
    if CHROMIUM is None:
        print("Chromium is not installed; on Debian: apt-get install chromium fonts-inter")  # noqa: T201
        return 1
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        studio = Studio(launch(playwright))
        for scheme in SCHEMES:
            for name, make in STILLS.items():
                if names and name not in names:
                    continue
                still = make(studio, scheme).quantize(256, dither=Image.Dither.NONE)
                still.save(PICTURES / f"{name}-{scheme}.png", optimize=True)
            if names:
                continue
            told = messages(studio, scheme, TOLD, columns=4)
            told.save(PICTURES / f"messages-{scheme}.webp", quality=28)
            every = list(message_modules())
            SHOTS.mkdir(exist_ok=True)
            messages(studio, scheme, every, columns=6).save(SHOTS / f"messages-{scheme}.png")
            launch_film(studio, scheme).save(PICTURES / f"launch-{scheme}.gif")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
