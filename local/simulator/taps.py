"""Finding the buttons of a message and saying what a phone does when one is tapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from local.simulator.state import ChatEntry, Json, User, World


class NotTappable(LookupError):
    """There is no such button, or the phone no longer shows it."""


@dataclass
class Effect:
    """What a tap does: bubbles from the person, events to the bot, and what opens on the phone."""

    text: str | None = None
    postback: Json | None = None
    opens: Json = field(default_factory=dict)


def find_actions(value: object, path: str = "") -> Iterator[tuple[str, Json]]:
    """Yield (path, action) for every button in a message, in reading order.

    A path is dotted, for example ``contents.footer.contents.0.action``.
    """
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from find_actions(item, f"{path}.{index}" if path else str(index))
        return
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        at = f"{path}.{key}" if path else key
        if key in {"action", "defaultAction"} and isinstance(item, dict):
            yield at, item
        elif key == "actions" and isinstance(item, list):
            yield from ((f"{at}.{n}", a) for n, a in enumerate(item) if isinstance(a, dict))
        else:
            yield from find_actions(item, at)


def shown_quick_reply(chat: list[ChatEntry]) -> ChatEntry | None:
    """The bubble whose quick replies the phone shows: only the newest one's."""
    seen = [entry for entry in chat if entry.delivered]
    return seen[-1] if seen and seen[-1].message.get("quickReply") else None


def locate(world: World, user: User, wanted: Json) -> Json:
    """Find the action that a tap means.

    ``wanted`` holds ``rich_menu`` (area number, from 0) or ``message_id`` and/or ``path`` or
    ``label``. A label alone is looked for in the newest bubbles first, then in the rich menu.

    Raises:
        NotTappable: no such button, or its quick reply is gone.
    """
    areas = (world.menu_of(user) or {}).get("areas", [])
    if "rich_menu" in wanted:
        number = int(wanted["rich_menu"])
        if not 0 <= number < len(areas):
            raise NotTappable(f"the rich menu has no area {number}")
        return dict(areas[number]["action"])
    chat = world.chats.get(user.user_id, [])
    quick = shown_quick_reply(chat)
    matches = list(_in_chat(chat, wanted))
    for entry, path, action in matches:
        if not path.startswith("quickReply.") or entry is quick:
            return action
    for area in areas if "label" in wanted else []:
        if wanted["label"] in {area["action"].get("label"), area["action"].get("text")}:
            return dict(area["action"])
    if matches:
        raise NotTappable("this quick reply is no longer shown: a newer message arrived")
    raise NotTappable(f"no button matches {wanted!r}")


def _in_chat(chat: list[ChatEntry], wanted: Json) -> Iterator[tuple[ChatEntry, str, Json]]:
    for entry in reversed(chat):
        if entry.sender != "bot" or not entry.delivered:
            continue
        if entry.id != wanted.get("message_id", entry.id):
            continue
        for path, action in find_actions(entry.message):
            if _matches(path, action, wanted):
                yield entry, path, action


def _matches(path: str, action: Json, wanted: Json) -> bool:
    if "path" in wanted:
        return path == wanted["path"]
    return "label" in wanted and action.get("label") == wanted["label"]


def opens_location_picker(uri: str) -> bool:
    """Whether a LINE URL scheme opens the location screen."""
    parts = urlsplit(uri)
    if parts.scheme == "line":
        return f"{parts.netloc}{parts.path}".rstrip("/") == "nv/location"
    return parts.netloc == "line.me" and parts.path.rstrip("/") == "/R/nv/location"


def effect_of(world: World, user: User, action: Json, params: Json | None = None) -> Effect:
    """What the phone does for an action; ``params`` is what a date picker gave.

    Raises:
        NotTappable: the action cannot be done (an unknown kind, a menu alias that leads nowhere).
    """
    make = EFFECTS.get(str(action.get("type")))
    if make is None:
        raise NotTappable(f"a phone does not know the action {action.get('type')!r}")
    return make(world, user, action, params)


def _postback(_world: World, _user: User, action: Json, _params: Json | None) -> Effect:
    opens = {"input": action["inputOption"]} if action.get("inputOption") else {}
    if action.get("fillInText"):
        opens["fill_in"] = action["fillInText"]
    return Effect(action.get("displayText") or action.get("text"), {"data": action["data"]}, opens)


def _message(_world: World, _user: User, action: Json, _params: Json | None) -> Effect:
    return Effect(opens={"send": action["text"]})


def _uri(_world: World, _user: User, action: Json, _params: Json | None) -> Effect:
    uri = action["uri"]
    return Effect(opens={"picker": True} if opens_location_picker(uri) else {"uri": uri})


def _datetime(_world: World, _user: User, action: Json, params: Json | None) -> Effect:
    if not params:
        return Effect(opens={"datetime": action["mode"]})
    return Effect(postback={"data": action["data"], "params": params})


def _place(_world: World, _user: User, _action: Json, _params: Json | None) -> Effect:
    return Effect(opens={"picker": True})


def _camera(_world: World, _user: User, _action: Json, _params: Json | None) -> Effect:
    return Effect(opens={"camera": True})


def _clipboard(_world: World, _user: User, action: Json, _params: Json | None) -> Effect:
    return Effect(opens={"clipboard": action["clipboardText"]})


def _switch(world: World, user: User, action: Json, _params: Json | None) -> Effect:
    alias = action["richMenuAliasId"]
    menu_id = world.aliases.get(alias)
    status = "SUCCESS" if menu_id in world.rich_menus else "RICHMENU_ALIAS_ID_NOTFOUND"
    if status == "SUCCESS":
        user.rich_menu_id = menu_id
        world.publish_user(user)
    params = {"newRichMenuAliasId": alias, "status": status}
    return Effect(postback={"data": action["data"], "params": params})


EFFECTS: dict[str, Callable[[World, User, Json, Json | None], Effect]] = {
    "postback": _postback,
    "message": _message,
    "uri": _uri,
    "datetimepicker": _datetime,
    "location": _place,
    "camera": _camera,
    "cameraRoll": _camera,
    "clipboard": _clipboard,
    "richmenuswitch": _switch,
}
