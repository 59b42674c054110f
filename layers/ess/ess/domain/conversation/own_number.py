"""Whose telephone number stands in a text: only the writer's own may be called back.

Who is beaten at home may well write down the number of whoever beats them; an officer who called it
would give them away. So a number is taken only where nothing speaks of somebody else.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_MOST_NUMBERS = 4
"""Numbers that are looked for in one text."""

_BETWEEN = r"[\s().\-]{0,3}"
_THAILAND = "+66"
_LONG_NUMBER = re.compile(r"[+\d][\d\s().-]{6,}\d")

_ME = r"(?:ของ)?(?:หนู|ผม|ดิฉัน|ฉัน|ชั้น|เรา|กู|ข้อย|ตัวเอง|me\b|mine\b|my\b)"
_CALLED = (
    r"(?:เบอร์โทรศัพท์|เบอร์โทร|เบอร์มือถือ|เบอร์|หมายเลข|โทรศัพท์|โทร|มือถือ|ติดต่อ"
    r"|\b(?:telephone|phone|mobile|cell|number|no\.|tel|call|contact|reach|text)\b)"
)
_FILLED = (
    r"(?:[\s:=.,!-]|กลับ|ใหม่|นี้|คือ|เป็น|ได้|ที่|มา|หา|ตาม|ไป|นะ|คะ|ค่ะ|ครับ|คับ|จ้ะ|จ้า|แทน|บ้าน|ส่วนตัว"
    r"|\b(?:is|at|on|back|to|new|now|please|the|this)\b)*"
)
_OTHERS = (
    r"(?:ผัว|สามี|แฟน|เมีย|ภรรยา|กิ๊ก|ชู้|คนร้าย|ผู้ร้าย|โจร|(?<!น้ำ)มัน|เขา(?!ใหญ่|ค้อ)|เค้า|คนที่|คนทำ|คนตี|คนขับ"
    r"|พ่อ(?!ค้า|ครัว)|แม่(?!น้ำ|ค้า|สาย|สอด|ริม|บ้าน)|พี่(?!คะ|ค่ะ|ครับ|ช่วย|ตำรวจ)|น้อง|ลูก|หลาน|เพื่อน|ญาติ"
    r"|ยาย|ปู่|(?<!อ)ย่า|ลุง|ป้า(?!ย)|(?<!ห)น้า|นายจ้าง|หัวหน้า|เจ้านาย|เจ้าของ|ชื่อ|คู่กรณี|ไอ้|คุณตา|เสี่ย(?!ง)|เฮีย|กำนัน|ผู้ใหญ่บ้าน"
    r"|เจ้าหนี้|ทวงหนี้|คนตาม|ผู้ชายคน|ผู้หญิงคน"
    r"|\b(?:his|hers?|him|he|hes|she|shes|their|them|they|husband|wife|boyfriend|girlfriend|partner|ex"
    r"|father|dad|mother|mom|mum|parents?|brother|sister|son|daughter|uncle|aunt|friend|neighbou?r"
    r"|step-?(?:dad|mum|mom|father|mother)|stalker|boss|attacker|abuser|man|guy|woman|named|owner|landlord)(?:[’']?s)?\b)"
)
_OWN_BEFORE = re.compile(
    rf"(?:{_CALLED}{_FILLED}{_ME}{_FILLED}(?:{_CALLED}{_FILLED})*"
    rf"|\bmy\s(?:{_CALLED}{_FILLED})+"
    rf"|ติดต่อ(?:กลับ)?{_FILLED}(?:{_CALLED}{_FILLED})*|โทร(?:ศัพท์)?กลับ{_FILLED}(?:{_CALLED}{_FILLED})*"
    r")$"
)
_OWN_AFTER = re.compile(
    rf"^[\s(,-]*(?:นี่|นี้|คือ|เป็น)*(?:{_CALLED}\s?{_ME}|{_ME}เอง|(?:is )?my\s{_CALLED})"
)
_OTHERS_AFTER = re.compile(
    rf"^[\s(,:-]*(?:นี่|นี้|คือ|เป็น|ของ|ค่ะ|ครับ|\b(?:is|its|thats|this is|belongs to|the|my)\b|\s)*"
    # Either it is said whose number that is, or nothing but somebody else is named.
    rf"(?:{_CALLED}\s?(?:ของ)?{_OTHERS}|{_OTHERS}\s?{_CALLED}|{_OTHERS}(?:{_OTHERS}|{_ME}|เก่า|ใหม่|ค่ะ|ครับ|นะ)*"
    r"\s?(?:$|[\s),.;!]))"
)
# "He threatens me from …" names nobody, and "do not call …" says whose it is not.
_THREAT_BEFORE = re.compile(
    r"(?:(?:ขู่|คุกคาม|โทรมา|รังควาน|ตามตื๊อ)\w{0,20}"
    r"|\b(?:threat|stalk|harass|scam)\w{0,8}\b[^\n.;!?]{0,40}?)"
    r"\s?(?:จาก|ด้วย|ผ่าน|ทาง|โดย|by|from|at)?\s?(?:เบอร์โทร|เบอร์|หมายเลข|the|this|number|phone|\s|:)*$"
    r"|\bsomeone at\s*$"
    r"|(?:อย่า|ห้าม|ไม่ต้อง)(?:เพิ่ง|พึ่ง)?(?:โทร|ติดต่อ)(?:กลับ|ไป|มา|หา|ที่|เบอร์|หมายเลข|นี้|\s)*$"
    r"|\b(?:dont|don[’']t|do not|never)\s(?:call|phone|ring|text)\b"
    r"(?:back|to|at|on|this|the|number|[\s:])*$"
)
_THREAT_AFTER = re.compile(
    r"^[\s(,:-]*(?:มัน|ได้|ที่|ชอบ)*(?:โทรมา(?!ได้|เลย|หา(?:หนู|ผม|ฉัน)?(?:ได้|นะ|เลย))|โทรขู่|ส่งข้อความ|ขู่|คุกคาม|รังควาน)"
    r"|^[\s(,:-]*(?:(?:is|was|has|keeps?|kept|who|that|been)\s)*"
    r"(?:threat\w*|stalk\w*|harass\w*|call(?:s|ed|ing)\b|text(?:s|ed|ing)\b|sent\b|sends\b)"
)
_TRAIL = re.compile(rf"{_CALLED}(?!.*{_CALLED})(.*)$", re.DOTALL)
_FILLING = re.compile(_FILLED)
_SENTENCE_END = re.compile(r"[\n;!?]")
_CLAUSE_END = re.compile(r"[\n,.;:!?]")
_LATIN = re.compile(r"[a-z]")
_OTHER = re.compile(_OTHERS)
_NAMING = re.compile(rf"(?:{_CALLED}|{_ME}|{_FILLED[:-1]})*+")
_INSIDE = re.compile(
    r"น้อง|ลูก|หลาน|เพื่อน|แม่|ยาย|ย่า|ป้า|(?:mother|mom|mum|sister|son|daughter|friend)(?:[’']?s)?"
)
_PLACE = re.compile(r"-?\d{1,3}[.]\d{3,}")


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """What a text says of telephone numbers.

    Args:
        phone: the writer's own, E.164, or None.
        rest: the text without that number; all of it if there is none.
        others: there is a number that is, or may be, somebody else's.
        sure: the number is said to be the writer's own.
    """

    phone: str | None
    rest: str
    others: bool = False
    sure: bool = False


def own_number(text: str, read_phone: Callable[[str], str | None]) -> OwnNumber:
    """Return the number in `text` that its writer may be called at.

    Args:
        text: as it was sent.
        read_phone: returns the first E.164 number in a text, or None.
    """
    found = [*_numbers(text, read_phone)]
    judged: list[tuple[bool | None, str, int, int]] = []
    end_before = 0
    for index, (phone, start, end) in enumerate(found):
        is_last = index == len(found) - 1
        before = text[end_before:start]
        after = text[end:] if is_last or not before.strip() else ""
        if not is_last and after:
            after = text[end : found[index + 1][1]]
        judged.append((_is_own(before.casefold(), after.casefold()), phone, start, end))
        end_before = end
    others = any(own is False for own, *_ in judged)
    # Beside somebody else's, one's own has to be called so.
    taken = [one for one in judged if one[0]] or [
        one for one in judged if one[0] is None and not others
    ]
    if not taken:
        return OwnNumber(None, text, others)
    own, phone, start, end = taken[0]
    return OwnNumber(phone, f"{text[:start]} {text[end:]}", others, sure=own is True)


def only_names_it(rest: str) -> bool:
    """Tell whether what is left of a text beside a number only says that it is one."""
    return _NAMING.fullmatch(rest.casefold()) is not None


def _is_own(before: str, after: str) -> bool | None:
    """Tell whether a number between two texts is the writer's own; None if nothing says so."""
    if _THREAT_BEFORE.search(before) or _THREAT_AFTER.search(after):
        return False
    called = _OWN_BEFORE.search(before)
    if called and not _OTHER.search(_clause_end(before[: called.start()])):
        return True  # but not "he calls me from …"
    trail = _TRAIL.search(before)
    if trail and not _FILLING.fullmatch(trail[1]) and not _SENTENCE_END.search(trail[1]):
        return False  # "the number of …"
    # Past a written place another thing begins: "my sister is still inside, 13.75, 100.50, 081…".
    # Whoever may be the one to fear is not passed over by that.
    other = _OTHER.search(_PLACE.split(before)[-1])
    if other or any(not _INSIDE.fullmatch(one[0]) for one in _OTHER.finditer(before)):
        return False
    if _OWN_AFTER.search(after):
        return True
    return False if _OTHERS_AFTER.search(after) else None


def _clause_end(before: str) -> str:
    """Return what of a text belongs to the word after it: Thai puts a space between clauses."""
    clause = _CLAUSE_END.split(before)[-1]
    return clause if _LATIN.search(clause) else re.split(r"\s", clause)[-1]


def _numbers(text: str, read_phone: Callable[[str], str | None]) -> Iterator[tuple[str, int, int]]:
    """Yield the numbers of a text, each with where it begins and ends."""
    left, found = text, list[tuple[str, int, int]]()
    while len(found) < _MOST_NUMBERS and (phone := read_phone(left)) is not None:
        span = _span(left, phone)
        if span is None:
            break
        start, end = span
        found.append((phone, start, end))
        left = f"{left[:start]}{',' * (end - start)}{left[end:]}"
    yield from sorted(found, key=lambda one: one[1])


def _span(text: str, phone: str) -> tuple[int, int] | None:
    """Return where in `text` a number stands that was read as `phone`."""
    digits = "".join(_digit(sign) for sign in text)
    if phone.startswith(_THAILAND):
        lead = rf"(?:(?:\+|00){_BETWEEN})?(?:66{_BETWEEN})?\(?0?\)?{_BETWEEN}"
        body = phone.removeprefix(_THAILAND)
    else:
        lead, body = r"\+?", phone.removeprefix("+")
    match = re.search(rf"(?<!\d){lead}{_BETWEEN.join(body)}(?!\d)", digits)
    match = match or _LONG_NUMBER.search(digits)
    return match.span() if match else None


def _digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)
