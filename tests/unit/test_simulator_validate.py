"""What LINE refuses, refused here with LINE's words and the place of the fault."""

from __future__ import annotations

import copy
import json

import pytest

from local.simulator import limits, validate

POSTBACK = {"type": "postback", "label": "รับเรื่อง", "data": "a=1"}
TEXT = {"type": "text", "text": "สวัสดี"}


def faults(message: dict) -> dict[str, str]:
    return {d["property"]: d["message"] for d in validate.messages([message])}


def quick(*actions: dict) -> dict:
    items = [{"type": "action", "action": action} for action in actions]
    return TEXT | {"quickReply": {"items": items}}


def box(*contents: dict, layout: str = "vertical", **more: object) -> dict:
    return {"type": "box", "layout": layout, "contents": list(contents)} | more


def flex(*contents: dict, **more: object) -> dict:
    bubble = {"type": "bubble", "body": box(*contents)}
    return {"type": "flex", "altText": "เหตุ", "contents": bubble} | more


GOOD = {
    "text": TEXT,
    "longest text": {"type": "text", "text": "ก" * 5000},
    "quick reply with location": quick({"type": "location", "label": "แชร์พิกัดตำแหน่ง"}),
    "thirteen quick replies": quick(*[POSTBACK] * 13),
    "sticker": {"type": "sticker", "packageId": "11537", "stickerId": "52002734"},
    "location": {
        "type": "location", "title": "สภ.", "address": "ถนน", "latitude": 17.4, "longitude": 104.8,
    },
    "image": {
        "type": "image", "originalContentUrl": "https://a.th/1.png",
        "previewImageUrl": "https://a.th/2.png",
    },
    "buttons": {
        "type": "template", "altText": "ก",
        "template": {"type": "buttons", "text": "ก" * 160, "actions": [POSTBACK] * 4},
    },
    "confirm": {
        "type": "template", "altText": "ก",
        "template": {"type": "confirm", "text": "ใช่ไหม", "actions": [POSTBACK] * 2},
    },
    "flex": flex(
        {"type": "text", "text": "ก", "wrap": True, "maxLines": 2, "color": "#ff0000"},
        {"type": "separator", "margin": "md"},
        {"type": "button", "style": "primary", "height": "sm", "action": POSTBACK},
        box({"type": "text", "text": "ข"}, {"type": "filler"}, layout="baseline"),
    ),
    "flex with spans": flex(
        {"type": "text", "contents": [{"type": "span", "text": "ก", "weight": "bold"}]}
    ),
    "tel": flex({"type": "button", "action": {"type": "uri", "label": "โทร", "uri": "tel:191"}}),
}  # fmt: skip


@pytest.mark.parametrize("message", GOOD.values(), ids=GOOD)
def test_good_messages_pass(message):
    assert faults(message) == {}


BAD = {
    "empty text": (TEXT | {"text": ""}, "messages[0].text", "May not be empty"),
    "blank text": (TEXT | {"text": "  \n"}, "messages[0].text", "May not be empty"),
    "long text": (
        TEXT | {"text": "ก" * 5001}, "messages[0].text", "Length must be between 1 and 5000",
    ),
    "unknown type": ({"type": "poem"}, "messages[0].type", "Must be one of the following values"),
    "no type": ({}, "messages[0].type", "May not be empty"),
    "fourteen quick replies": (
        quick(*[POSTBACK] * 14), "messages[0].quickReply.items", "Size must be between 1 and 13",
    ),
    "long quick label": (
        quick(POSTBACK | {"label": "ก" * 21}), "messages[0].quickReply.items[0].action.label",
        "Length must be between 1 and 20",
    ),
    "quick without label": (
        quick({"type": "location"}), "messages[0].quickReply.items[0].action.label",
        "May not be empty",
    ),
    "location action on a button": (
        flex({"type": "button", "action": {"type": "location", "label": "ก"}}),
        "messages[0].contents/body/contents/0/action.type", "Must be one of",
    ),
    "long postback data": (
        quick(POSTBACK | {"data": "x" * 301}), "messages[0].quickReply.items[0].action.data",
        "Length must be between 1 and 300",
    ),
    "long display text": (
        quick(POSTBACK | {"displayText": "x" * 301}),
        "messages[0].quickReply.items[0].action.displayText", "Length must be",
    ),
    "javascript uri": (
        quick({"type": "uri", "label": "ก", "uri": "javascript:alert(1)"}),
        "messages[0].quickReply.items[0].action.uri", "invalid uri scheme",
    ),
    "uri with a space": (
        quick({"type": "uri", "label": "ก", "uri": "https://a.th/a b"}),
        "messages[0].quickReply.items[0].action.uri", "invalid uri",
    ),
    "location without address": (
        {"type": "location", "title": "ก", "latitude": 1, "longitude": 2},
        "messages[0].address", "May not be empty",
    ),
    "location off the earth": (
        {"type": "location", "title": "ก", "address": "ข", "latitude": 91, "longitude": 2},
        "messages[0].latitude", "Must be between -90 and 90",
    ),
    "http image": (
        {"type": "image", "originalContentUrl": "http://a.th/1",
         "previewImageUrl": "https://a.th/1"},
        "messages[0].originalContentUrl", "Must be a valid HTTPS URL",
    ),
    "five buttons": (
        {"type": "template", "altText": "ก",
         "template": {"type": "buttons", "text": "ก", "actions": [POSTBACK] * 5}},
        "messages[0].template.actions", "Size must be between 1 and 4",
    ),
    "long text under a title": (
        {"type": "template", "altText": "ก", "template": {
            "type": "buttons", "title": "ข", "text": "ก" * 61, "actions": [POSTBACK]}},
        "messages[0].template.text", "Length must be between 1 and 60",
    ),
    "confirm with one": (
        {"type": "template", "altText": "ก",
         "template": {"type": "confirm", "text": "ก", "actions": [POSTBACK]}},
        "messages[0].template.actions", "Size must be between 2 and 2",
    ),
    "eleven columns": (
        {"type": "template", "altText": "ก", "template": {
            "type": "carousel", "columns": [{"text": "ก", "actions": [POSTBACK]}] * 11}},
        "messages[0].template.columns", "Size must be between 1 and 10",
    ),
    "uneven columns": (
        {"type": "template", "altText": "ก", "template": {"type": "carousel", "columns": [
            {"text": "ก", "actions": [POSTBACK]}, {"text": "ก", "actions": [POSTBACK] * 2}]}},
        "messages[0].template.columns", "The number of actions must be the same",
    ),
    "flex without altText": (
        flex({"type": "text", "text": "ก"}, altText=""), "messages[0].altText", "May not be empty",
    ),
    "flex long altText": (
        flex({"type": "text", "text": "ก"}, altText="ก" * 1501), "messages[0].altText",
        "Length must be between 1 and 1500",
    ),
    "flex empty text": (
        flex({"type": "text", "text": ""}), "messages[0].contents/body/contents/0/text",
        "must be non-empty text",
    ),
    "flex button without action": (
        flex({"type": "button"}), "messages[0].contents/body/contents/0/action",
        "must be specified",
    ),
    "flex button without label": (
        flex({"type": "button", "action": {"type": "uri", "uri": "tel:191"}}),
        "messages[0].contents/body/contents/0/action.label", "May not be empty",
    ),
    "flex http image": (
        flex({"type": "image", "url": "http://a.th/1.png"}),
        "messages[0].contents/body/contents/0/url", "invalid uri",
    ),
    "flex unknown component": (
        flex({"type": "table"}), "messages[0].contents/body/contents/0/type", "Must be one of",
    ),
    "flex button in a baseline box": (
        flex(box({"type": "button", "action": POSTBACK}, layout="baseline")),
        "messages[0].contents/body/contents/0/contents/0/type", "Must be one of",
    ),
    "flex box without layout": (
        flex({"type": "box", "contents": []}), "messages[0].contents/body/contents/0/layout",
        "May not be empty",
    ),
    "flex colour by name": (
        flex({"type": "text", "text": "ก", "color": "red"}),
        "messages[0].contents/body/contents/0/color", "invalid property",
    ),
    "flex size unknown": (
        flex({"type": "text", "text": "ก", "size": "huge"}),
        "messages[0].contents/body/contents/0/size", "invalid property",
    ),
    "empty bubble": (
        {"type": "flex", "altText": "ก", "contents": {"type": "bubble"}}, "messages[0].contents",
        "At least one block must be specified",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("message", "place", "words"), BAD.values(), ids=BAD)
def test_bad_messages_are_named(message, place, words):
    found = faults(message)
    assert found.get(place, "").startswith(words), found


def test_bubble_and_carousel_sizes_are_limited_in_bytes():
    part = {"type": "text", "text": "ก" * 3000}
    over = flex(*[part] * 4)
    assert "30KB" in faults(over)["messages[0].contents"]
    one = flex(*[part] * 3)["contents"]
    assert validate.json_bytes(one) <= limits.FLEX_BUBBLE_BYTES
    carousel = {"type": "flex", "altText": "ก", "contents": {
        "type": "carousel", "contents": [one] * 2}}  # fmt: skip
    assert "50KB" in faults(carousel)["messages[0].contents"]


@pytest.mark.parametrize("count", [0, 6])
def test_one_to_five_messages(count):
    assert validate.messages([TEXT] * count)[0] == {
        "property": "messages",
        "message": "Size must be between 1 and 5",
    }


def test_all_faults_are_named_at_once():
    details = validate.messages([{"type": "text", "text": ""}, {"type": "poem"}])
    assert [d["property"] for d in details] == ["messages[0].text", "messages[1].type"]


@pytest.mark.parametrize("broken", [None, 3, "x", {}, [3], [None], [[]]])
def test_nonsense_never_raises(broken):
    assert validate.messages(broken)


def test_every_good_message_survives_any_one_field_being_nonsense():
    """A validator that raises would answer 500 where LINE answers 400."""
    for message in GOOD.values():
        for path in paths(message):
            for nonsense in (None, 7, "x", [], {}, True, [1], {"type": 3}):
                spoiled = copy.deepcopy(message)
                put(spoiled, path, nonsense)
                json.dumps(validate.messages([spoiled]))


def paths(value: object, at: tuple = ()) -> list[tuple]:
    items = value.items() if isinstance(value, dict) else []
    items = enumerate(value) if isinstance(value, list) else items
    return [p for key, item in items for p in [(*at, key), *paths(item, (*at, key))]]


def put(value, path: tuple, new: object) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


MENU = {
    "size": {"width": 2500, "height": 1686}, "selected": True, "name": "n", "chatBarText": "เมนู",
    "areas": [{"bounds": {"x": 0, "y": 0, "width": 2500, "height": 1686}, "action": POSTBACK}],
}  # fmt: skip


def test_a_rich_menu_passes():
    assert validate.rich_menu(MENU) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"size": {"width": 799, "height": 500}}, "size"),
        ({"size": {"width": 2501, "height": 500}}, "size"),
        ({"size": {"width": 1000, "height": 249}}, "size"),
        ({"size": {"width": 1000, "height": 700}}, "size"),
        ({"chatBarText": "ก" * 15}, "chatBarText"),
        ({"selected": "yes"}, "selected"),
        ({"areas": MENU["areas"] * 21}, "areas"),
        ({"areas": [{"bounds": {"x": 1, "y": 0, "width": 2500, "height": 9},
                     "action": POSTBACK}]}, "areas[0].bounds"),
    ],
)  # fmt: skip
def test_a_bad_rich_menu_is_named(change, place):
    assert place in {d["property"] for d in validate.rich_menu(MENU | change)}
