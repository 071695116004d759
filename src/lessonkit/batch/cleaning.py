"""Make HTML that a student may have written harmless: nothing in it runs, loads or moves.

What is allowed is listed, everything else goes: tags, attributes, addresses, properties of styles.
Pictures have to be in the page itself; links stay links. Scripts and style sheets go with what is
in them; of other unknown tags the text stays.

Source: bleach's Cleaner; OWASP, "Cross Site Scripting Prevention".
"""

from __future__ import annotations

import re

from bleach.sanitizer import Cleaner
from bs4 import BeautifulSoup

__all__ = ["clean_html"]

_TAGS, _GONE, _PLAIN = (
    frozenset(re.findall(r"\w+", words))
    for words in (
        """a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption
        figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike
        strong sub summary sup table tbody td tfoot th thead tr tt u ul var""",
        """applet audio base canvas embed form frame frameset head iframe link math meta noembed
        noframes noscript object plaintext script style svg template textarea title video xmp""",
        """align alt border colspan dir height lang open reversed rowspan scope span start title
        type valign width""",
    )
)
"""Tags that stay, tags that go with all that is in them, attributes that stay on any tag."""

# What Pygments and pandas write, and nothing that the page's own style sheets know.
_CLASSES = re.compile(r"highlight|hl-[a-z0-9]+|[a-z]{1,2}\d?|dataframe|output")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_BESIDE = re.compile(r"(?![/.])(?:(?!\.\.)[\w./ -])+\.(?:png|jpe?g|gif|webp|svg)", re.ASCII)
_PROPERTIES = re.compile(
    r"(?:background-|border-(?:top-|right-|bottom-|left-)?)?color|background|opacity"
    r"|border(?:-(?:top|right|bottom|left))?(?:-(?:style|width))?|border-(?:collapse|radius|spacing)"
    r"|(?:padding|margin)(?:-(?:left|right|top|bottom))?|(?:max-|min-)?(?:width|height)"
    r"|font(?:-(?:family|size|style|weight|variant))?|line-height|overflow(?:-[xy])?"
    r"|text-(?:align|decoration|indent|overflow)|vertical-align|white-space|word-(?:break|wrap)"
    r"|list-style(?:-type)?|display|gap|flex(?:-wrap)?|align-items"
)
_VALUE = re.compile(
    r"(?:[\w\s#.,%'\"!/+-]|(?:rgba?|hsla?)\([\d\s.,%/]*\)|var\(--[\w-]+(?:,\s*[\w#-]+)?\))*",
    re.ASCII,
)
_LONGEST_STYLE = 2000


class _Styles:
    """What bleach asks about a style attribute."""

    def sanitize_css(self, style: str) -> str:
        kept = []
        for one in style[:_LONGEST_STYLE].split(";"):
            name, _, value = one.partition(":")
            name, value = name.strip().lower(), value.strip()
            # A margin below zero would lay a cell over another one.
            moves = name.startswith("margin") and "-" in value
            if _PROPERTIES.fullmatch(name) and _VALUE.fullmatch(value) and not moves:
                kept.append(f"{name}: {value}")
        return "; ".join(kept)


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a"
    if name == "src":
        return tag == "img" and bool(_PICTURE.fullmatch(value) or _BESIDE.fullmatch(value))
    if name == "class":
        return all(_CLASSES.fullmatch(one) for one in value.split())
    return name == "style" or name in _PLAIN


_cleaner = Cleaner(
    tags=_TAGS,
    attributes=_is_allowed,
    protocols=frozenset({"http", "https", "mailto", "data"}),
    strip=True,
    strip_comments=True,
    css_sanitizer=_Styles(),
)


def clean_html(text: str) -> str:
    """Return *text* with what is allowed of it. Links of `data:` are taken out as well."""
    if "<" not in text and "&" not in text:
        return text
    soup = BeautifulSoup(text, "html.parser")
    for tag in soup(sorted(_GONE)):
        tag.decompose()
    for tag in soup("a"):
        if not re.match(r"(?:https?:|mailto:|#)", str(tag.get("href", "")), re.IGNORECASE):
            del tag["href"]
    return str(_cleaner.clean(str(soup)))
