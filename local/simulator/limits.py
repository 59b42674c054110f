"""LINE's written limits as one table, and the two ways in which LINE counts characters.

Source of every figure: https://developers.line.biz/en/reference/messaging-api/ (the section named
beside it), read 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import regex

Unit = Literal["utf16", "grapheme"]


def utf16_units(text: str) -> int:
    """Length in UTF-16 code units, as LINE counts texts, data and URIs.

    Lone surrogates (possible in JSON) count as one unit each.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """Length in extended grapheme clusters (UAX #29), as LINE counts labels and template texts."""
    return len(regex.findall(r"\X", text))


@dataclass(frozen=True)
class Length:
    """An inclusive range of characters, in ``unit``."""

    least: int
    most: int
    unit: Unit = "utf16"

    def holds(self, text: str) -> bool:
        """Whether ``text`` is within the range."""
        size = graphemes(text) if self.unit == "grapheme" else utf16_units(text)
        return self.least <= size <= self.most


# "Message objects", "Template messages", "Flex Message" and "Action objects".
LENGTHS: dict[str, Length] = {
    "text.text": Length(1, 5000),
    "altText": Length(1, 1500),
    "location.title": Length(1, 100),
    "location.address": Length(1, 100),
    "url": Length(1, 2000),
    "buttons.title": Length(1, 40, "grapheme"),
    "buttons.text": Length(1, 160, "grapheme"),
    "buttons.text.illustrated": Length(1, 60, "grapheme"),
    "confirm.text": Length(1, 240, "grapheme"),
    "column.title": Length(1, 40, "grapheme"),
    "column.text": Length(1, 120, "grapheme"),
    "column.text.illustrated": Length(1, 60, "grapheme"),
    "postback.data": Length(1, 300),
    "postback.displayText": Length(1, 300),
    "postback.text": Length(1, 300),
    "postback.fillInText": Length(1, 300),
    "message.text": Length(1, 300),
    "uri.uri": Length(1, 1000),
    "clipboard.clipboardText": Length(1, 1000),
    "richmenuswitch.data": Length(1, 300),
    "richmenuswitch.richMenuAliasId": Length(1, 32),
    "datetimepicker.data": Length(1, 300),
    "label.quickReply": Length(1, 20, "grapheme"),
    "label.template": Length(1, 20, "grapheme"),
    "label.imageCarousel": Length(1, 12, "grapheme"),
    "label.flex": Length(1, 40, "grapheme"),
    "label.richMenu": Length(1, 20, "grapheme"),
    "richMenu.name": Length(1, 300),
    "richMenu.chatBarText": Length(1, 14),
    "richMenu.aliasId": Length(1, 32),
    "sender.name": Length(1, 20, "grapheme"),
}

MESSAGES_PER_REQUEST = 5  # "Send push message"
MULTICAST_RECIPIENTS = 500  # "Send multicast message"
QUICK_REPLY_ITEMS = 13  # "Quick reply"
BUTTONS_ACTIONS = 4  # "Buttons template"
CONFIRM_ACTIONS = 2  # "Confirm template"
CAROUSEL_COLUMNS = 10  # "Carousel template"
CAROUSEL_ACTIONS = 3  # "Carousel template"
FLEX_BUBBLES = 12  # "Carousel"
FLEX_BUBBLE_BYTES = 30 * 1024  # "Bubble"
FLEX_CAROUSEL_BYTES = 50 * 1024  # "Carousel"
REQUEST_BYTES = 2 * 1024 * 1024  # "Status codes", 413 (LINE names no figure: "more than 2 MB")

REPLY_TOKEN_SECONDS = 60  # "Send reply message"
RETRY_KEY_SECONDS = 24 * 60 * 60  # "Retry failed API requests"
WEBHOOK_TIMEOUT_SECONDS = 2.0  # "Check webhook error statistics": request_timeout
LOADING_SECONDS = range(5, 61, 5)  # "Display a loading animation"

RICH_MENU_IMAGE_BYTES = 1024 * 1024  # "Upload rich menu image"
RICH_MENU_WIDTH = (800, 2500)
RICH_MENU_LEAST_HEIGHT = 250
RICH_MENU_LEAST_RATIO = 1.45
RICH_MENU_AREAS = 20  # "Rich menu object"
RICH_MENUS = 1000  # "Create rich menu"

URI_SCHEMES = frozenset({"http", "https", "line", "tel"})  # "URI action"
