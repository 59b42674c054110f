"""An officer joins, goes on and off duty and leaves, in the deployed stack (AUTH=true)."""

import re
import time
import uuid

import pytest

from ess.messages import catalogue
from local.cloud.phones import NeverHappened, Phones, postback

pytestmark = pytest.mark.cloud

UNIT = "sample-np-na-wa"


def thai(key):
    return catalogue.load("th")[key]


def code_sent_to(phones, number, seconds=20):
    """The newest six digits that came to a number by SMS."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        texts = [sms["text"] for sms in phones.get("/_sim/sms") if sms["to"] == number]
        codes = re.findall(r"\b\d{6}\b", " ".join(texts))
        if codes:
            return codes[-1]
        time.sleep(0.1)
    raise NeverHappened(f"no code came to {number}")


def row_of(cloud, phone):
    return [r for r in cloud.responders() if r.get("line_user_id") == phone.user_id]


def test_from_the_invitation_to_duty_and_out_again(cloud, phones: Phones):
    said = cloud.ess("invitations", "create", UNIT, "--name-th", "ด.ต. ใหม่", "--name-en", "New")
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", said)[0]
    national = f"08{uuid.uuid4().int % 10**8:08d}"
    number = "+66" + national[1:]
    officer, stranger = (phones.reporter(f"{who} {uuid.uuid4().hex[:6]}") for who in "กข")

    officer.follow()
    officer.say(f"เข้าร่วม {code.lower()}")
    officer.wait_for(thai("officer.phone.ask"))
    (row,) = row_of(cloud, officer)
    assert (row["unit_id"], row["verified"]) == (UNIT, False)

    stranger.follow()
    stranger.say(code)
    stranger.wait_for(thai("officer.join.unknown"))
    assert not row_of(cloud, stranger)

    officer.say(national)
    officer.say(code_sent_to(phones, number))
    officer.wait_for(thai("officer.join.done.title"))
    officer.tap(postback(u="duty_on"))
    officer.wait_for(thai("officer.duty.on"))
    (row,) = row_of(cloud, officer)
    assert (row["phone"], row["verified"], row["on_duty"]) == (number, True, True)

    officer.say("ออกเวร")
    officer.wait_for(thai("officer.duty.off"))
    officer.say("ออกจากหน่วย")
    officer.tap(postback(u="leave_yes"))
    officer.wait_for(thai("officer.leave.done"))
    assert not row_of(cloud, officer)
