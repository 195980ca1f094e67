"""A short animation of few colours."""

from pathlib import Path

from PIL import Image, ImageChops

COLOURS = 160


class Film:
    """Pictures, each with how long it is shown, in milliseconds; the same again only goes on."""

    def __init__(self) -> None:
        self._pictures: list[Image.Image] = []
        self._times: list[int] = []

    def hold(self, picture: Image.Image, milliseconds: int) -> None:
        """Show a picture for so long."""
        if self._pictures and ImageChops.difference(self._pictures[-1], picture).getbbox() is None:
            self._times[-1] += milliseconds
            return
        self._pictures.append(picture)
        self._times.append(milliseconds)

    def save(self, path: Path) -> None:
        """Save a looping GIF, whose pictures share one palette so that nothing flickers."""
        palette = self._pictures[-1].quantize(COLOURS, dither=Image.Dither.NONE)
        drawn = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in self._pictures]
        drawn[0].save(
            path,
            save_all=True,
            append_images=drawn[1:],
            duration=self._times,
            loop=0,
            optimize=True,
            disposal=1,
        )
