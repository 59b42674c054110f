"""Invitations, and what officers' messages change: the same over memory and over DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ess.adapters.dynamodb.enrolments import DynamoEnrolments
from ess.adapters.dynamodb.invitations import DynamoInvitations
from ess.adapters.memory.enrolments import MemoryEnrolments
from ess.adapters.memory.invitations import MemoryInvitations
from ess.domain.conversation import Conversation, Prompt
from ess.domain.duty import Shift
from ess.domain.enrolment import ChangePeople, Redeem, RemovePeople
from ess.domain.errors import ConversationChanged, TemporaryFailure
from ess.domain.invitation import Invitation, hash_of
from ess.domain.officer_step import OfficerStep, PhoneCheck
from ess.domain.responder import Responder
from tests.adapters.conftest import NOW, RETENTION, Dynamo, _table

ME, OTHER = "U" + "a" * 32, "U" + "b" * 32
INVITATION = Invitation(
    hash_of("ABCD2FGH"), "np", "สภ.เมือง", "Mueang", "ด.ต. ก", "Sgt. K", NOW, NOW + 3600.5
)
STEP = OfficerStep(
    PhoneCheck((("np", "inv-1"), ("np2", "inv-2")), NOW + 1.5, "+66812345678", "0f", NOW + 2, 3),
    codes_sent=(NOW, NOW + 0.25),
    wrong_codes=(NOW - 1,),
    leave_asked_at=NOW,
)


@dataclass
class Kit:
    conversations: Any
    responders: Any
    invitations: Any
    enrolments: Any
    dynamo: Dynamo | None


@pytest.fixture(params=["memory", "dynamo"])
def kit(request):
    stores = request.getfixturevalue(request.param)
    if request.param == "memory":
        invitations = MemoryInvitations()
        enrolments = MemoryEnrolments(stores.conversations, stores.responders, invitations)
        return Kit(stores.conversations, stores.responders, invitations, enrolments, None)
    _table(stores.client, "invitations", ["code_hash"])
    connection = stores.conversations._connection
    return Kit(
        stores.conversations,
        stores.responders,
        DynamoInvitations("invitations", connection=connection),
        DynamoEnrolments(
            "conversations",
            "responders",
            "invitations",
            retention=RETENTION,
            now=lambda: NOW,
            connection=connection,
        ),
        stores,
    )


def redeem(user=ME, *, invitation=INVITATION, newcomer=True):
    used = replace(invitation, used_by=user, used_at=NOW + 1)
    person = Responder(
        invitation.responder_id,
        invitation.unit_id,
        invitation.name_th,
        invitation.name_en,
        line_user_id=user,
    )
    return Redeem(used, person if newcomer else None)


def turn(kit, write, user=ME, event="e1"):
    before = kit.conversations.get(user)
    after = replace(
        before,
        version=before.version + 1,
        recent_events=(*before.recent_events, event),
        last_answer=(Prompt("officer.join.done"),),
        officer=STEP,
    )
    kit.enrolments.save(before, after, write)
    return after


def test_an_invitation_comes_back_and_can_be_revoked(kit):
    assert kit.invitations.get(INVITATION.code_hash) is None
    assert kit.invitations.add(INVITATION)
    assert kit.invitations.get(INVITATION.code_hash) == INVITATION
    kit.invitations.remove(INVITATION.code_hash)
    kit.invitations.remove(INVITATION.code_hash)
    assert kit.invitations.get(INVITATION.code_hash) is None


def test_a_code_is_never_given_out_twice(kit):
    kit.invitations.add(INVITATION)
    assert not kit.invitations.add(replace(INVITATION, unit_id="elsewhere"))
    assert kit.invitations.get(INVITATION.code_hash) == INVITATION


def test_all_are_listed_the_newest_first(kit):
    later = replace(INVITATION, code_hash=hash_of("BCDE3GHJ"), created_at=NOW + 1)
    kit.invitations.add(INVITATION)
    kit.invitations.add(later)
    assert kit.invitations.everyone() == [later, INVITATION]


def test_using_one_stores_all_three(kit):
    kit.invitations.add(INVITATION)
    write = redeem()
    after = turn(kit, write)
    assert kit.conversations.get(ME) == after
    assert kit.invitations.get(INVITATION.code_hash) == write.invitation
    assert kit.responders.get("np", INVITATION.responder_id) == write.newcomer


@pytest.mark.parametrize("newcomer", [True, False])
def test_it_works_once(kit, newcomer):
    kit.invitations.add(INVITATION)
    turn(kit, redeem(newcomer=newcomer))
    with pytest.raises(ConversationChanged):
        turn(kit, redeem(OTHER, newcomer=newcomer), OTHER)
    assert kit.conversations.get(OTHER) == Conversation(OTHER)
    assert kit.invitations.get(INVITATION.code_hash).used_by == ME
    assert not kit.responders.by_line_user(OTHER)


def test_one_that_was_revoked_does_not_come_back_by_being_used(kit):
    with pytest.raises(ConversationChanged):
        turn(kit, redeem())
    assert kit.invitations.get(INVITATION.code_hash) is None
    assert not kit.responders.of_unit("np")


def test_many_at_once_one_gets_in(kit):
    kit.invitations.add(INVITATION)
    users = [f"U{n:032x}" for n in range(6)]

    def attempt(user):
        try:
            turn(kit, redeem(user), user)
        except ConversationChanged:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, users)) == 1
    assert len(kit.responders.of_unit("np")) == 1


def test_a_stale_conversation_changes_nothing(kit):
    kit.invitations.add(INVITATION)
    stale = kit.conversations.get(ME)
    kit.conversations.save(stale, replace(stale, version=1, recent_events=("first",)), None)
    with pytest.raises(ConversationChanged):
        kit.enrolments.save(stale, replace(stale, version=1), redeem())
    assert kit.invitations.get(INVITATION.code_hash) == INVITATION
    assert not kit.responders.of_unit("np")


def test_rows_are_changed_unless_somebody_else_was_faster(kit):
    kit.invitations.add(INVITATION)
    turn(kit, redeem())
    before = kit.responders.get("np", INVITATION.responder_id)
    wanted = replace(before, phone="+66812345678", verified=True)
    turn(kit, ChangePeople(((before, wanted),)), event="e2")
    changed = kit.responders.get("np", INVITATION.responder_id)
    assert changed == replace(wanted, version=1)
    with pytest.raises(ConversationChanged):
        turn(kit, ChangePeople(((before, replace(before, on_duty=True)),)), event="e3")
    planned = replace(changed, shifts=(Shift(NOW, NOW + 1.5),))
    kit.responders.change(changed, planned)
    with pytest.raises(ConversationChanged):
        turn(kit, ChangePeople(((changed, replace(changed, on_duty=True)),)), event="e4")
    assert kit.responders.get("np", INVITATION.responder_id) == replace(planned, version=2)


def test_a_row_that_is_gone_is_not_made_by_a_change(kit):
    person = Responder("p", "np", "ก", "K", line_user_id=ME)
    with pytest.raises(ConversationChanged):
        turn(kit, ChangePeople(((person, replace(person, on_duty=True)),)))
    assert not kit.responders.of_unit("np")


def test_leaving_removes_the_rows(kit):
    people = [Responder("p", "np", "ก", "K", ME), Responder("q", "np2", "ก", "K", ME)]
    kit.responders.put([*people, Responder("r", "np", "ข", "B")])
    turn(kit, RemovePeople((("np", "p"), ("np2", "q"))))
    assert not kit.responders.by_line_user(ME)
    assert [p.responder_id for p in kit.responders.of_unit("np")] == ["r"]


def test_the_officers_side_of_a_conversation_comes_back(kit):
    before = kit.conversations.get(ME)
    after = replace(before, version=1, officer=STEP, recent_events=("e",))
    kit.conversations.save(before, after, None)
    assert kit.conversations.get(ME) == after
    bare = replace(after, version=2, officer=OfficerStep(PhoneCheck((), NOW)))
    kit.conversations.save(after, bare, None)
    assert kit.conversations.get(ME) == bare
    gone = replace(bare, version=3, officer=None)
    kit.conversations.save(bare, gone, None)
    assert kit.conversations.get(ME) == gone


def test_an_invitation_is_forgotten_a_month_after_its_end(dynamo):
    _table(dynamo.client, "invitations", ["code_hash"])
    store = DynamoInvitations("invitations", connection=dynamo.conversations._connection)
    store.add(INVITATION)
    item = dynamo.item("invitations", code_hash=INVITATION.code_hash)
    assert int(item["expires_at"]["N"]) == int(INVITATION.valid_until) + 30 * 86_400
    assert "ABCD2FGH" not in str(item)


def test_a_table_that_does_not_answer_is_a_temporary_failure(dynamo):
    _table(dynamo.client, "invitations", ["code_hash"])
    connection = dynamo.conversations._connection
    enrolments = DynamoEnrolments(
        "conversations", "responders", "invitations", connection=connection
    )
    dynamo.wire.answer(3, (500, {"__type": "InternalServerError"}))
    with pytest.raises(TemporaryFailure):
        enrolments.save(Conversation(ME), Conversation(ME, 1), RemovePeople(()))
