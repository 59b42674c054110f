"""What LINE refuses in an outgoing message, found the way LINE reports it.

Every check adds a ``{"property", "message"}`` pair to a list; nothing raises, so one answer names
all faults at once. Limits come from :mod:`local.simulator.limits`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from local.simulator import limits
from local.simulator.limits import LENGTHS

Json = Any
Detail = dict[str, str]

MAY_NOT_BE_EMPTY = "May not be empty"
NOT_AN_OBJECT = "Must be an object"


class Faults:
    """Collects LINE-shaped error details."""

    def __init__(self) -> None:
        self.details: list[Detail] = []

    def add(self, path: str, message: str) -> None:
        """Note a fault at ``path``, for example ``messages[0].text``."""
        self.details.append({"message": message, "property": path})

    def text(self, owner: Mapping[str, Json], key: str, path: str, rule: str, need: bool) -> None:
        """Check the string ``owner[key]`` against ``LENGTHS[rule]``."""
        where = f"{path}.{key}"
        value = owner.get(key)
        if value is None or value == "":
            if need or value == "":
                self.add(where, MAY_NOT_BE_EMPTY)
            return
        if not isinstance(value, str):
            self.add(where, "Must be a string")
            return
        if not value.strip():
            self.add(where, MAY_NOT_BE_EMPTY)
            return
        length = LENGTHS[rule]
        if not length.holds(value):
            self.add(where, f"Length must be between {length.least} and {length.most}")

    def one_of(self, value: Json, allowed: Sequence[str], path: str) -> bool:
        """Check that ``value`` is one of ``allowed``."""
        if isinstance(value, str) and value in allowed:
            return True
        message = f"Must be one of the following values: [{', '.join(allowed)}]"
        self.add(path, MAY_NOT_BE_EMPTY if value in (None, "") else message)
        return False

    def items(self, value: Json, path: str, least: int, most: int) -> list[Json]:
        """Return ``value`` as a list, noting a wrong type or size."""
        if not isinstance(value, list):
            self.add(path, MAY_NOT_BE_EMPTY if value is None else "Must be an array")
            return []
        if not least <= len(value) <= most:
            self.add(path, f"Size must be between {least} and {most}")
        return value

    def https_url(self, owner: Mapping[str, Json], key: str, path: str, need: bool) -> None:
        """Check an ``https`` URL of at most 2,000 units."""
        value = owner.get(key)
        if value is None and not need:
            return
        self.text(owner, key, path, "url", need)
        if isinstance(value, str) and value and urlsplit(value).scheme.lower() != "https":
            self.add(f"{path}.{key}", "Must be a valid HTTPS URL")


# --- actions ------------------------------------------------------------------------------------

# required fields, optional fields with a length
ACTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "postback": (("data",), ("displayText", "text", "fillInText")),
    "message": (("text",), ()),
    "uri": (("uri",), ()),
    "datetimepicker": (("data", "mode"), ()),
    "location": ((), ()),
    "camera": ((), ()),
    "cameraRoll": ((), ()),
    "clipboard": (("clipboardText",), ()),
    "richmenuswitch": (("richMenuAliasId", "data"), ()),
}
QUICK_REPLY_ONLY = frozenset({"location", "camera", "cameraRoll"})
RICH_MENU_ONLY = frozenset({"richmenuswitch"})
PICKER_MODES = ("date", "time", "datetime")
POSTBACK_INPUT = ("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")


def _uri(value: Json, path: str, faults: Faults) -> None:
    if not isinstance(value, str) or not value:
        return
    parts = urlsplit(value)
    if parts.scheme.lower() not in limits.URI_SCHEMES:
        faults.add(path, "invalid uri scheme")
    elif any(c.isspace() for c in value) or not (parts.netloc or parts.path):
        faults.add(path, "invalid uri")


def action(value: Json, path: str, faults: Faults, where: str, label: bool) -> None:
    """Check an action object.

    ``where`` is one of quickReply, template, imageCarousel, flex, richMenu; ``label`` says whether
    a label is required there.
    """
    if not isinstance(value, Mapping):
        faults.add(path, MAY_NOT_BE_EMPTY if value is None else NOT_AN_OBJECT)
        return
    kind = value.get("type")
    allowed = [
        name
        for name in ACTIONS
        if (where == "quickReply" or name not in QUICK_REPLY_ONLY)
        and (where == "richMenu" or name not in RICH_MENU_ONLY)
    ]
    if not faults.one_of(kind, allowed, f"{path}.type"):
        return
    needed, optional = ACTIONS[str(kind)]
    for key in (*needed, *optional):
        if key == "mode":
            faults.one_of(value.get(key), PICKER_MODES, f"{path}.{key}")
            continue
        faults.text(value, key, path, f"{kind}.{key}", need=key in needed)
    if kind == "uri":
        _uri(value.get("uri"), f"{path}.uri", faults)
    if kind == "postback":
        if "displayText" in value and "text" in value:
            faults.add(f"{path}.text", "displayText and text cannot be set at the same time")
        if "inputOption" in value:
            faults.one_of(value["inputOption"], POSTBACK_INPUT, f"{path}.inputOption")
        if "fillInText" in value and value.get("inputOption") != "openKeyboard":
            faults.add(f"{path}.fillInText", "inputOption must be openKeyboard")
    faults.text(value, "label", path, f"label.{where}", need=label)


# --- messages -----------------------------------------------------------------------------------


def _text(message: Mapping[str, Json], path: str, faults: Faults) -> None:
    faults.text(message, "text", path, "text.text", need=True)


def _sticker(message: Mapping[str, Json], path: str, faults: Faults) -> None:
    for key in ("packageId", "stickerId"):
        value = message.get(key)
        if not isinstance(value, str) or not value:
            faults.add(f"{path}.{key}", MAY_NOT_BE_EMPTY)
        elif not value.isascii() or not value.isdigit():
            faults.add(f"{path}.{key}", "Must be a number")


def _image(message: Mapping[str, Json], path: str, faults: Faults) -> None:
    faults.https_url(message, "originalContentUrl", path, need=True)
    faults.https_url(message, "previewImageUrl", path, need=True)


def _audio(message: Mapping[str, Json], path: str, faults: Faults) -> None:
    faults.https_url(message, "originalContentUrl", path, need=True)
    duration = message.get("duration")
    if not isinstance(duration, int) or isinstance(duration, bool) or duration <= 0:
        faults.add(f"{path}.duration", "Must be greater than 0")


def _location(message: Mapping[str, Json], path: str, faults: Faults) -> None:
    faults.text(message, "title", path, "location.title", need=True)
    faults.text(message, "address", path, "location.address", need=True)
    for key, most in (("latitude", 90), ("longitude", 180)):
        value = message.get(key)
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            faults.add(f"{path}.{key}", "Must be a number")
        elif not -most <= value <= most:
            faults.add(f"{path}.{key}", f"Must be between -{most} and {most}")


def _buttons(template: Mapping[str, Json], path: str, faults: Faults) -> None:
    illustrated = bool(template.get("title") or template.get("thumbnailImageUrl"))
    faults.https_url(template, "thumbnailImageUrl", path, need=False)
    faults.text(template, "title", path, "buttons.title", need=False)
    rule = "buttons.text.illustrated" if illustrated else "buttons.text"
    faults.text(template, "text", path, rule, need=True)
    actions = template.get("actions")
    for index, item in enumerate(
        faults.items(actions, f"{path}.actions", 1, limits.BUTTONS_ACTIONS)
    ):
        action(item, f"{path}.actions[{index}]", faults, "template", label=True)
    if template.get("defaultAction") is not None:
        action(template["defaultAction"], f"{path}.defaultAction", faults, "template", label=False)


def _confirm(template: Mapping[str, Json], path: str, faults: Faults) -> None:
    faults.text(template, "text", path, "confirm.text", need=True)
    count = limits.CONFIRM_ACTIONS
    for index, item in enumerate(
        faults.items(template.get("actions"), f"{path}.actions", count, count)
    ):
        action(item, f"{path}.actions[{index}]", faults, "template", label=True)


def _carousel(template: Mapping[str, Json], path: str, faults: Faults) -> None:
    columns = faults.items(template.get("columns"), f"{path}.columns", 1, limits.CAROUSEL_COLUMNS)
    counts = set()
    for index, column in enumerate(columns):
        at = f"{path}.columns[{index}]"
        if not isinstance(column, Mapping):
            faults.add(at, NOT_AN_OBJECT)
            continue
        illustrated = bool(column.get("title") or column.get("thumbnailImageUrl"))
        faults.https_url(column, "thumbnailImageUrl", at, need=False)
        faults.text(column, "title", at, "column.title", need=False)
        rule = "column.text.illustrated" if illustrated else "column.text"
        faults.text(column, "text", at, rule, need=True)
        actions = faults.items(column.get("actions"), f"{at}.actions", 1, limits.CAROUSEL_ACTIONS)
        counts.add(len(actions))
        for number, item in enumerate(actions):
            action(item, f"{at}.actions[{number}]", faults, "template", label=True)
    if len(counts) > 1:
        faults.add(f"{path}.columns", "The number of actions must be the same for all columns")


def _image_carousel(template: Mapping[str, Json], path: str, faults: Faults) -> None:
    for index, column in enumerate(
        faults.items(template.get("columns"), f"{path}.columns", 1, limits.CAROUSEL_COLUMNS)
    ):
        at = f"{path}.columns[{index}]"
        if not isinstance(column, Mapping):
            faults.add(at, NOT_AN_OBJECT)
            continue
        faults.https_url(column, "imageUrl", at, need=True)
        action(column.get("action"), f"{at}.action", faults, "imageCarousel", label=False)


TEMPLATES: dict[str, Callable[[Mapping[str, Json], str, Faults], None]] = {
    "buttons": _buttons,
    "confirm": _confirm,
    "carousel": _carousel,
    "image_carousel": _image_carousel,
}


def _template(message: Mapping[str, Json], path: str, faults: Faults) -> None:
    faults.text(message, "altText", path, "altText", need=True)
    template = message.get("template")
    if not isinstance(template, Mapping):
        faults.add(f"{path}.template", MAY_NOT_BE_EMPTY if template is None else NOT_AN_OBJECT)
        return
    kind = template.get("type")
    if faults.one_of(kind, list(TEMPLATES), f"{path}.template.type"):
        TEMPLATES[str(kind)](template, f"{path}.template", faults)


# --- flex ---------------------------------------------------------------------------------------

BOX_CONTENTS = ("box", "button", "image", "icon", "text", "separator", "filler", "spacer", "video")
BASELINE_CONTENTS = ("icon", "text", "filler", "spacer")
LAYOUTS = ("horizontal", "vertical", "baseline")
BUBBLE_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")
KEYWORD_SIZES = ("none", "xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl", "full")
PIXELS_OR_PERCENT = re.compile(r"^(?:\d+(?:\.\d+)?px|\d+(?:\.\d+)?%)$")
COLOUR = re.compile(r"^#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$")
FLEX_CHOICES: dict[str, tuple[str, ...]] = {
    "weight": ("regular", "bold"),
    "align": ("start", "end", "center"),
    "gravity": ("top", "bottom", "center"),
    "aspectMode": ("cover", "fit"),
    "position": ("relative", "absolute"),
    "decoration": ("none", "underline", "line-through"),
    "adjustMode": ("shrink-to-fit",),
    "justifyContent": (
        "center",
        "flex-start",
        "flex-end",
        "space-between",
        "space-around",
        "space-evenly",
    ),
    "alignItems": ("center", "flex-start", "flex-end"),
}
FLEX_SIZES = ("margin", "spacing", "paddingAll", "paddingTop", "paddingBottom", "paddingStart",
              "paddingEnd", "size")  # fmt: skip
FLEX_COLOURS = ("color", "backgroundColor", "borderColor")
FLEX_DEPTH = 10  # LINE documents no figure; deeper nesting is refused by its own simulator


def _is_size(value: Json) -> bool:
    return isinstance(value, str) and (
        value in KEYWORD_SIZES or PIXELS_OR_PERCENT.match(value) is not None
    )


def _is_colour(value: Json) -> bool:
    return isinstance(value, str) and COLOUR.match(value) is not None


def _is_flex(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


FLEX_FORMS: dict[str, Callable[[Json], bool]] = {
    **dict.fromkeys(FLEX_SIZES, _is_size),
    **dict.fromkeys(FLEX_COLOURS, _is_colour),
    "flex": _is_flex,
}


def _flex_properties(component: Mapping[str, Json], path: str, faults: Faults) -> None:
    for key, value in component.items():
        if key in FLEX_CHOICES:
            faults.one_of(value, FLEX_CHOICES[key], f"{path}/{key}")
        elif key in FLEX_FORMS and not FLEX_FORMS[key](value):
            faults.add(f"{path}/{key}", "invalid property")


def _flex_text(component: Mapping[str, Json], path: str, faults: Faults) -> None:
    spans = component.get("contents")
    if spans:
        for index, span in enumerate(faults.items(spans, f"{path}/contents", 1, 1000)):
            at = f"{path}/contents/{index}"
            if not isinstance(span, Mapping) or span.get("type") != "span":
                faults.add(f"{at}/type", "invalid property")
            elif not isinstance(span.get("text"), str) or not span["text"]:
                faults.add(f"{at}/text", "must be non-empty text")
            else:
                _flex_properties(span, at, faults)
    elif not isinstance(component.get("text"), str) or not component["text"]:
        faults.add(f"{path}/text", "must be non-empty text")
    lines = component.get("maxLines")
    if lines is not None and (not isinstance(lines, int) or lines < 0):
        faults.add(f"{path}/maxLines", "invalid property")


def _flex_url(component: Mapping[str, Json], path: str, faults: Faults) -> None:
    url = component.get("url")
    if not isinstance(url, str) or not url:
        faults.add(f"{path}/url", "must be specified")
    elif urlsplit(url).scheme.lower() != "https" or limits.utf16_units(url) > 2000:
        faults.add(f"{path}/url", "invalid uri")
    ratio = component.get("aspectRatio")
    if ratio is not None:
        match = re.match(r"^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$", str(ratio))
        if not match or float(match[2]) > 3 * float(match[1]):
            faults.add(f"{path}/aspectRatio", "invalid property")


def _flex_button(component: Mapping[str, Json], path: str, faults: Faults) -> None:
    if component.get("action") is None:
        faults.add(f"{path}/action", "must be specified")
    if "style" in component:
        faults.one_of(component["style"], ("primary", "secondary", "link"), f"{path}/style")
    if "height" in component:
        faults.one_of(component["height"], ("sm", "md"), f"{path}/height")


def _flex_video(component: Mapping[str, Json], path: str, faults: Faults) -> None:
    _flex_url(component, path, faults)
    for key in ("previewUrl", "altContent"):
        if component.get(key) is None:
            faults.add(f"{path}/{key}", "must be specified")


def _flex_box(component: Mapping[str, Json], path: str, faults: Faults, depth: int) -> None:
    faults.one_of(component.get("layout"), LAYOUTS, f"{path}/layout")
    contents = component.get("contents")
    if not isinstance(contents, list):
        faults.add(f"{path}/contents", "must be specified")
        return
    allowed = BASELINE_CONTENTS if component.get("layout") == "baseline" else BOX_CONTENTS
    for index, child in enumerate(contents):
        flex_component(child, f"{path}/contents/{index}", faults, allowed, depth + 1)


FLEX_CHECKS: dict[str, Callable[[Mapping[str, Json], str, Faults], None]] = {
    "text": _flex_text,
    "image": _flex_url,
    "icon": _flex_url,
    "button": _flex_button,
    "video": _flex_video,
}


def flex_component(
    component: Json, path: str, faults: Faults, allowed: Sequence[str], depth: int = 0
) -> None:
    """Check a flex component and all it contains; ``path`` is LINE's slash form."""
    if not isinstance(component, Mapping):
        faults.add(path, NOT_AN_OBJECT)
        return
    if depth > FLEX_DEPTH:
        faults.add(path, "too deeply nested")
        return
    kind = component.get("type")
    if not faults.one_of(kind, allowed, f"{path}/type"):
        return
    _flex_properties(component, path, faults)
    if kind == "box":
        _flex_box(component, path, faults, depth)
    elif kind in FLEX_CHECKS:
        FLEX_CHECKS[str(kind)](component, path, faults)
    if component.get("action") is not None:
        action(component["action"], f"{path}/action", faults, "flex", label=kind == "button")


def _bubble(bubble: Mapping[str, Json], path: str, faults: Faults) -> None:
    if "size" in bubble:
        faults.one_of(bubble["size"], BUBBLE_SIZES, f"{path}/size")
    if "direction" in bubble:
        faults.one_of(bubble["direction"], ("ltr", "rtl"), f"{path}/direction")
    blocks = [key for key in ("header", "hero", "body", "footer") if bubble.get(key) is not None]
    if not blocks:
        faults.add(path, "At least one block must be specified")
    for key in blocks:
        allowed = ("image", "box", "video") if key == "hero" else ("box",)
        flex_component(bubble[key], f"{path}/{key}", faults, allowed)
    if bubble.get("action") is not None:
        action(bubble["action"], f"{path}/action", faults, "flex", label=False)
    if json_bytes(bubble) > limits.FLEX_BUBBLE_BYTES:
        faults.add(path, f"Size must be {limits.FLEX_BUBBLE_BYTES // 1024}KB or less")


def _flex(message: Mapping[str, Json], path: str, faults: Faults) -> None:
    faults.text(message, "altText", path, "altText", need=True)
    contents = message.get("contents")
    if not isinstance(contents, Mapping):
        faults.add(f"{path}.contents", MAY_NOT_BE_EMPTY if contents is None else NOT_AN_OBJECT)
        return
    if not faults.one_of(contents.get("type"), ("bubble", "carousel"), f"{path}.contents.type"):
        return
    if contents["type"] == "bubble":
        _bubble(contents, f"{path}.contents", faults)
        return
    bubbles = contents.get("contents")
    for index, bubble in enumerate(
        faults.items(bubbles, f"{path}.contents/contents", 1, limits.FLEX_BUBBLES)
    ):
        at = f"{path}.contents/contents/{index}"
        if not isinstance(bubble, Mapping) or bubble.get("type") != "bubble":
            faults.add(f"{at}/type", "Must be one of the following values: [bubble]")
        else:
            _bubble(bubble, at, faults)
    if json_bytes(contents) > limits.FLEX_CAROUSEL_BYTES:
        faults.add(
            f"{path}.contents", f"Size must be {limits.FLEX_CAROUSEL_BYTES // 1024}KB or less"
        )


MESSAGES: dict[str, Callable[[Mapping[str, Json], str, Faults], None]] = {
    "text": _text,
    "textV2": _text,
    "sticker": _sticker,
    "image": _image,
    "video": _image,
    "audio": _audio,
    "location": _location,
    "template": _template,
    "flex": _flex,
}


def _quick_reply(value: Json, path: str, faults: Faults) -> None:
    if not isinstance(value, Mapping):
        faults.add(path, NOT_AN_OBJECT)
        return
    items = faults.items(value.get("items"), f"{path}.items", 1, limits.QUICK_REPLY_ITEMS)
    for index, item in enumerate(items):
        at = f"{path}.items[{index}]"
        if not isinstance(item, Mapping):
            faults.add(at, NOT_AN_OBJECT)
            continue
        if "type" in item:
            faults.one_of(item["type"], ("action",), f"{at}.type")
        faults.https_url(item, "imageUrl", at, need=False)
        action(item.get("action"), f"{at}.action", faults, "quickReply", label=True)


def message(value: Json, path: str, faults: Faults) -> None:
    """Check one message object."""
    if not isinstance(value, Mapping):
        faults.add(path, NOT_AN_OBJECT)
        return
    kind = value.get("type")
    if not faults.one_of(kind, list(MESSAGES), f"{path}.type"):
        return
    MESSAGES[str(kind)](value, path, faults)
    if value.get("quickReply") is not None:
        _quick_reply(value["quickReply"], f"{path}.quickReply", faults)
    sender = value.get("sender")
    if isinstance(sender, Mapping):
        faults.text(sender, "name", f"{path}.sender", "sender.name", need=False)
        faults.https_url(sender, "iconUrl", f"{path}.sender", need=False)


def messages(value: Json) -> list[Detail]:
    """Return LINE's error details for the ``messages`` array of a request; empty when good."""
    faults = Faults()
    for index, item in enumerate(faults.items(value, "messages", 1, limits.MESSAGES_PER_REQUEST)):
        message(item, f"messages[{index}]", faults)
    return faults.details


# --- rich menus ---------------------------------------------------------------------------------


def rich_menu(value: Json) -> list[Detail]:
    """Return LINE's error details for a rich menu object; empty when good."""
    faults = Faults()
    if not isinstance(value, Mapping):
        faults.add("richMenu", NOT_AN_OBJECT)
        return faults.details
    faults.text(value, "name", "richMenu", "richMenu.name", need=True)
    faults.text(value, "chatBarText", "richMenu", "richMenu.chatBarText", need=True)
    if not isinstance(value.get("selected"), bool):
        faults.add("selected", "Must be a boolean")
    size = value.get("size")
    width, height = 0, 0
    if not isinstance(size, Mapping):
        faults.add("size", MAY_NOT_BE_EMPTY)
    else:
        width, height = size.get("width", 0), size.get("height", 0)
        fault = rich_menu_size_fault(width, height)
        if fault:
            faults.add("size", fault)
    for index, area in enumerate(
        faults.items(value.get("areas"), "areas", 0, limits.RICH_MENU_AREAS)
    ):
        at = f"areas[{index}]"
        if not isinstance(area, Mapping):
            faults.add(at, NOT_AN_OBJECT)
            continue
        bounds = area.get("bounds")
        if not isinstance(bounds, Mapping) or not all(
            isinstance(bounds.get(key), int) and bounds[key] >= 0
            for key in ("x", "y", "width", "height")
        ):
            faults.add(f"{at}.bounds", MAY_NOT_BE_EMPTY)
        elif (
            width
            and height
            and (bounds["x"] + bounds["width"] > width or bounds["y"] + bounds["height"] > height)
        ):
            faults.add(f"{at}.bounds", "Must be within the rich menu")
        action(area.get("action"), f"{at}.action", faults, "richMenu", label=False)
    for detail in faults.details:
        detail["property"] = detail["property"].removeprefix("richMenu.")
    return faults.details


def rich_menu_size_fault(width: Json, height: Json) -> str | None:
    """Say what is wrong with a rich menu of ``width`` x ``height`` pixels, or None."""
    if not isinstance(width, int) or not isinstance(height, int):
        return "Must be a number"
    least, most = limits.RICH_MENU_WIDTH
    if not least <= width <= most:
        return f"Width must be between {least} and {most}"
    if height < limits.RICH_MENU_LEAST_HEIGHT:
        return f"Height must be {limits.RICH_MENU_LEAST_HEIGHT} or more"
    if width / height < limits.RICH_MENU_LEAST_RATIO:
        return f"Aspect ratio (width / height) must be {limits.RICH_MENU_LEAST_RATIO} or more"
    return None


def json_bytes(value: Json) -> int:
    """Size in bytes of ``value`` as compact UTF-8 JSON."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))
