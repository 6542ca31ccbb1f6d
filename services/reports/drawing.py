"""Drawing with Pillow: text that fits, bars and cards, in a font that every machine has.

All colours are RGB, all measures pixels. Nothing here knows what the figures mean.
"""

import io
import threading
import unicodedata
from functools import lru_cache
from typing import Any

import noto_cjk_sans_otc  # pyright: ignore[reportMissingTypeStubs]
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]

PAGE: Colour = (235, 239, 244)
CARD: Colour = (255, 255, 255)
INK: Colour = (28, 36, 48)
MUTED: Colour = (91, 102, 117)
TRACK: Colour = (231, 236, 242)
LINE: Colour = (221, 226, 233)
BLUE: Colour = (37, 99, 178)
TEAL: Colour = (17, 118, 110)
RED: Colour = (190, 47, 47)
GREY: Colour = (138, 149, 163)

# The package has no type hints.
_BUNDLE: Any = noto_cjk_sans_otc
# The collection's third face is Simplified Chinese.
_SIMPLIFIED = 2
_REPLACED = "·"
_NO_SUCH_GLYPH = "\U0010fffe"
# FreeType faces are not safe to use from two threads at once.
lock = threading.Lock()


@lru_cache(maxsize=16)
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the Simplified Chinese face at `size` pixels."""
    return ImageFont.truetype(str(_BUNDLE.FONT_PATH), size, index=_SIMPLIFIED)


@lru_cache(maxsize=8192)
def _has_glyph(character: str) -> bool:
    face = font(24)
    return face.getmask(character).getbbox() is not None and _shape(character) != _shape(_NO_SUCH_GLYPH)


def _shape(character: str) -> bytes:
    mask: Any = font(24).getmask(character)
    return bytes(str(mask.size), "ascii") + bytes(mask)


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """Return `text` on one line, each run of what the font can't draw (emoji) replaced by one dot."""
    found: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(character)
        if character.isspace() or kind == "Cc":
            character = " "
        elif kind in ("Cf", "Cs", "Co", "Me") or "\ufe00" <= character <= "\ufe0f":
            continue
        elif not _has_glyph(character):
            character = _REPLACED
        if character in (" ", _REPLACED) and found and found[-1] == character:
            continue
        found.append(character)
    plain = "".join(found).strip()
    return plain.strip(" " + _REPLACED) or plain


@lru_cache(maxsize=4096)
def fitted(text: str, size: int, width: int) -> str:
    """Return `text`, printable and cut with an ellipsis so that it is at most `width` wide."""
    text = printable(text)
    face = font(size)
    if face.getlength(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if face.getlength(text[:middle].rstrip() + "…") <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


@lru_cache(maxsize=16)
def _disc(radius: int) -> Image.Image:
    """Return a smooth disc as a mask, 2 × radius wide."""
    big = Image.new("L", (radius * 8, radius * 8), 0)
    ImageDraw.Draw(big).ellipse((0, 0, radius * 8 - 1, radius * 8 - 1), fill=255)
    return big.reduce(4)


@lru_cache(maxsize=1)
def _palette() -> Image.Image:
    """Return an image whose palette holds every colour and its smooth edges on page and card."""
    shades = [PAGE, CARD]
    for colour in (INK, MUTED, BLUE, TEAL, RED, GREY, LINE, TRACK):
        for ground in (CARD, PAGE, TRACK):
            shades += [_blend(colour, ground, step / 9) for step in range(1, 10)]
    listed = list(dict.fromkeys(shades))[:256]
    image = Image.new("P", (1, 1))
    image.putpalette([part for colour in listed for part in colour])
    return image


def _blend(colour: Colour, ground: Colour, share: float) -> Colour:
    red, green, blue = (round(g + (c - g) * share) for c, g in zip(colour, ground, strict=True))
    return (red, green, blue)


class Canvas:
    """A page to draw on, `width` × `height`, in the page's colour."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width, height), PAGE)
        self._draw = ImageDraw.Draw(self.image)

    def box(self, left: int, top: int, right: int, bottom: int, colour: Colour, radius: int = 0) -> None:
        """Fill a box whose corners are smooth arcs; right and bottom are just outside."""
        radius = min(radius, (right - left) // 2, (bottom - top) // 2)
        self._fill(left + radius, top, right - radius, bottom, colour)
        self._fill(left, top + radius, right, bottom - radius, colour)
        if radius < 1:
            return
        disc = _disc(radius)
        for x, cut_x in ((left, 0), (right - radius, radius)):
            for y, cut_y in ((top, 0), (bottom - radius, radius)):
                corner = disc.crop((cut_x, cut_y, cut_x + radius, cut_y + radius))
                self.image.paste(colour, (x, y), corner)

    def _fill(self, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
        if right > left and bottom > top:
            self._draw.rectangle((left, top, right - 1, bottom - 1), fill=colour)

    def text(self, x: int, y: int, text: str, size: int, colour: Colour = INK, anchor: str = "lm") -> None:
        """Write one printable line; `anchor` is Pillow's, by default left and vertically centred on y."""
        self._draw.text((x, y), text, font=font(size), fill=colour, anchor=anchor)

    def png(self) -> bytes:
        """Return the page as a small PNG of few colours."""
        small = self.image.quantize(palette=_palette(), dither=Image.Dither.NONE)
        out = io.BytesIO()
        small.save(out, "PNG", compress_level=6)
        return out.getvalue()
