"""What a conversation really says: every answer, with the facts that it really gives.

The catalogue's own contract (test_messages.py) fills each text with samples. Here people tap and
type, and LINE, as the simulator plays it, takes whatever they are answered.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess.adapters.line.render import render
from ess.adapters.phone import read_phone
from ess.domain import conversation as talk
from ess.domain.geo import Point
from ess.domain.kinds import EMERGENCIES
from ess.domain.lexicon import read_lexicon
from ess.domain.report import ClosingReason, Status
from ess.domain.understanding import Role, understand
from ess.messages import catalogue
from local.simulator import validate
from tests.contract.test_messages import meanings
from tests.unit.talk_kit import NAKHON_PHANOM, SINGAPORE, Phone

LEXICON = read_lexicon(catalogue.load("lexicon"))
TEXTS = [
    *("โดนทำร้าย", "ผัวเมาแล้วตีอีกแล้วค่ะ", "ไม่ได้โดนทำร้าย", "they locked me in a room"),
    *("17.4064, 104.7866", "104.7866, 17.4064", "https://maps.app.goo.gl/abcd1234"),
    *("17.4064, 104.7866 แล้วก็ 13.7563, 100.5018", "0812345678", "เบอร์ 081234567"),
    *("คุยไม่ได้", "ยกเลิกเถอะ", "ปลอดภัยแล้ว", "ใช่", "ไม่", "ตำรวจถึงไหนแล้ว", "เขามีมีด"),
    *("ไฟไหม้บ้าน", "ทดสอบระบบ", "สวัสดีค่ะ", "{reference} %s"),
    *("ไม่ใช่ 17.4064, 104.7866", "ใช่ 0812345678", "ยกเลิก โดนทำร้าย 17.4064, 104.7866"),
    *("ปลอดภัยแล้ว เบอร์ 0812345678", "อยู่ที่ 1.2901, 103.8501 คุยไม่ได้"),
]
SAID = st.sampled_from(
    [
        *map(talk.TextSent, TEXTS),
        *map(talk.KindChosen, EMERGENCIES),
        *map(talk.WhoChosen, Role),
        *(talk.PinShared(pin) for pin in (NAKHON_PHANOM, SINGAPORE, Point(9.5, 101.8))),
        *(talk.ReportAsked(fresh, drill) for fresh in (True, False) for drill in (True, False)),
        *(talk.Answered(question, "yes") for question in talk.QUESTIONS),
        *(talk.MediaSent(kind, "7") for kind in ("image", "sticker")),
        *(talk.Followed(), talk.MenuAsked(), talk.PinKept(), talk.CallDeclined()),
        *(talk.CancelAsked(), talk.CancelRefused(), talk.RestartAsked(), talk.StatusAsked()),
        *(talk.AskingAllowed(), talk.DetailsAsked(), talk.LandmarkAsked(), talk.ClearAsked()),
        *(talk.AppealAsked(), talk.LanguageChosen("en"), talk.ButtonUnknown()),
        talk.KindsAsked(),
    ]
)
ABOUT_IT = st.sampled_from(
    [
        talk.SwitchAsked,
        talk.NobodyCame,
        talk.HelpCame,
        talk.CancelConfirmed,
        lambda report_id: talk.CancelConfirmed(report_id, "safe_now"),
    ]
)
MOVED = st.tuples(st.sampled_from([*Status][1:]), st.booleans(), st.booleans())


def move(phone, status, at_desk, ask):
    """Let the workers have come so far with the report that is open."""
    if phone.active is None or not phone.active.is_open:
        return
    reason = ClosingReason.RESOLVED.value if status is Status.CLOSED else None
    named = {"unit_th": "สภ.", "distance_m": 1.0, "responder_th": "ด.ต. เอ"}
    phone.move_report_to(status, at_desk=at_desk, may_ask=ask, closing_reason=reason, **named)


@pytest.mark.parametrize("language", [None, *catalogue.LANGUAGES])
@given(said=st.lists(SAID | ABOUT_IT | MOVED, max_size=16))
@settings(max_examples=120, deadline=None)
def test_line_takes_whatever_is_answered_and_every_button_in_it_is_known(language, said):
    phone = Phone(read_phone, lambda text: understand(text, LEXICON))
    for one in said:
        phone.now += 60
        if isinstance(one, tuple):
            move(phone, *one)
            continue
        about = phone.active.report_id if phone.active else "0" * 32
        phone.send(one(about) if callable(one) else one)
        messages = render(phone.answered, phone.conversation.language or language)
        assert messages
        assert validate.messages(messages) == []
        assert "None" not in json.dumps(messages, ensure_ascii=False)
        assert talk.ButtonUnknown() not in meanings(messages)
