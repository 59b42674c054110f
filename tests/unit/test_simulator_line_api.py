"""The endpoints of LINE, with its status codes, headers and error bodies."""

from __future__ import annotations

import uuid

import pytest

from tests.e2e.fake_bot import RICH_MENU, png
from tests.unit.simulator_kit import HELLO, MALI, SOMCHAI, simulated_line

KEY = "123e4567-e89b-12d3-a456-426614174000"


@pytest.fixture
def line():
    with simulated_line() as running:
        yield running


# --- replies ---


def test_a_reply_arrives_and_its_token_works_once(line):
    token = line.token()
    answer = line.reply(token)
    assert answer.status_code == 200
    assert set(answer.json()["sentMessages"][0]) == {"id", "quoteToken"}
    assert answer.headers["x-line-request-id"]
    assert line.chat()[-1]["message"] == HELLO
    again = line.reply(token)
    assert (again.status_code, again.json()) == (400, {"message": "Invalid reply token"})


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (61, 400)])
def test_a_reply_token_lives_a_minute(line, seconds, status):
    token = line.token()
    line.clock.now += seconds
    assert line.reply(token).status_code == status


def test_a_refused_reply_leaves_its_token_usable(line):
    token = line.token()
    assert line.reply(token, {"type": "text", "text": ""}).status_code == 400
    assert line.reply(token).status_code == 200


def test_a_retry_key_on_a_reply_is_an_error(line):
    assert line.reply(line.token(), X_Line_Retry_Key=KEY).status_code == 400


def test_replies_are_free(line):
    line.sim("quota", {"limit": 0})
    assert line.reply(line.token()).status_code == 200


# --- pushes ---


def test_a_push_counts_and_arrives(line):
    assert line.push(HELLO, notificationDisabled=True).status_code == 200
    entry = line.chat()[-1]
    assert (entry["via"], entry["silent"], entry["delivered"]) == ("push", True, True)
    assert line.call("GET", "/v2/bot/message/quota/consumption").json() == {"totalUsage": 1}


@pytest.mark.parametrize(
    ("to", "words"),
    [("nobody", "The property, 'to',"), ("U" + "9" * 32, "Failed to send messages")],
)
def test_a_push_to_nobody(line, to, words):
    answer = line.push(to=to)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(words)


def test_a_blocked_account_gets_200_and_nothing_arrives(line):
    line.act(type="unfollow")
    assert line.push().status_code == 200
    entry = line.chat()[-1]
    assert (entry["delivered"], entry["reason"]) == (False, "blocked")
    assert line.call("GET", f"/v2/bot/profile/{MALI}").status_code == 404


def test_the_same_retry_key_sends_once(line):
    first = line.push(key=KEY)
    again = line.push(key=KEY)
    assert again.status_code == 409
    assert again.json()["message"] == "The retry key is already accepted"
    assert again.json()["sentMessages"] == first.json()["sentMessages"]
    accepted = again.headers["x-line-accepted-request-id"]
    assert accepted == first.headers["x-line-request-id"] != again.headers["x-line-request-id"]
    assert len([e for e in line.chat() if e["via"] == "push"]) == 1


def test_a_retry_key_with_another_body_is_an_error_and_it_expires_after_a_day(line):
    line.push(key=KEY)
    other = line.push({"type": "text", "text": "อื่น"}, key=KEY)
    assert other.status_code == 400
    line.clock.now += 24 * 3600 + 1
    assert line.push(key=KEY).status_code == 200


def test_a_retry_key_is_a_uuid(line):
    assert line.push(key="not-a-uuid").status_code == 400


def test_a_lost_answer_is_made_good_by_the_retry_key(line):
    line.sim("faults", {"endpoint": "push", "status": 500, "after": True})
    assert line.push(key=KEY).status_code == 500
    assert line.push(key=KEY).status_code == 409
    assert len([e for e in line.chat() if e["via"] == "push"]) == 1


def test_a_failed_call_sent_nothing_and_can_be_repeated(line):
    line.sim("faults", {"endpoint": "push", "status": 503, "count": 2})
    assert [line.push(key=KEY).status_code for _ in range(3)] == [503, 503, 200]


def test_both_kinds_of_429(line):
    line.sim("faults", {"endpoint": "push", "status": 429})
    assert line.push().json()["message"].startswith("The API rate limit has been exceeded")
    line.sim("quota", {"spent": True})
    answer = line.push()
    assert answer.status_code == 429
    assert answer.json() == {"message": "You have reached your monthly limit."}


def test_multicast_reaches_each_friend_once(line):
    body = {"to": [MALI, SOMCHAI, MALI, "U" + "9" * 32], "messages": [HELLO]}
    answer = line.call("POST", "/v2/bot/message/multicast", body)
    assert (answer.status_code, answer.json()) == (200, {})
    assert [len([e for e in line.chat(w) if e["via"] == "multicast"]) for w in (MALI, SOMCHAI)] == [
        1,
        1,
    ]
    assert line.simulator.world.quota.used == 2


# --- what every call goes through ---


def test_validation_errors_have_lines_shape(line):
    answer = line.push({"type": "text", "text": ""})
    assert answer.status_code == 400
    assert answer.json() == {
        "message": "The request body has 1 error(s)",
        "details": [{"message": "May not be empty", "property": "messages[0].text"}],
    }


def test_status_codes_of_bad_calls(line):
    path = "/v2/bot/message/push"
    assert line.http.post(path, json={}).status_code == 401
    wrong = line.call("POST", path, {}, Authorization="Bearer other")
    assert wrong.status_code == 401
    assert wrong.json()["message"].startswith("Authentication failed")
    assert line.call("POST", path, b"{}", Content_Type="text/plain").status_code == 415
    assert line.call("POST", path, b"{", Content_Type="application/json").status_code == 400
    assert line.call("POST", path, b"[]", Content_Type="application/json").status_code == 400
    big = b'{"a":"' + b"x" * 2_100_000 + b'"}'
    assert line.call("POST", path, big, Content_Type="application/json").status_code == 413
    assert line.call("GET", "/v2/bot/nothing").status_code == 404


@pytest.mark.parametrize("kind", ["reply", "push", "multicast"])
def test_validate_endpoints(line, kind):
    path = f"/v2/bot/message/validate/{kind}"
    assert line.call("POST", path, {"messages": [HELLO]}).status_code == 200
    assert line.call("POST", path, {"messages": [{"type": "text"}]}).status_code == 400


def test_profile_info_quota_and_loading(line):
    assert line.call("GET", f"/v2/bot/profile/{MALI}").json()["displayName"] == "มะลิ"
    assert line.call("GET", "/v2/bot/info").json()["basicId"] == "@esshelpme"
    assert line.call("GET", "/v2/bot/message/quota").json() == {"type": "limited", "value": 3000}
    path = "/v2/bot/chat/loading/start"
    assert line.call("POST", path, {"chatId": MALI, "loadingSeconds": 5}).status_code == 202
    for seconds in (0, 4, 7, 65):
        body = {"chatId": MALI, "loadingSeconds": seconds}
        assert line.call("POST", path, body).status_code == 400
    assert line.call("POST", path, {"chatId": "C" + "1" * 32}).status_code == 400


def test_content_prepares_serves_and_goes(line):
    sent = line.act(type="image", data="aGk=", mime="image/jpeg", preparing=1)["message_id"]
    path = f"/v2/bot/message/{sent}/content"
    assert line.call("GET", f"{path}/transcoding").json() == {"status": "processing"}
    assert line.call("GET", path).status_code == 202
    ready = line.call("GET", path)
    assert (ready.content, ready.headers["content-type"]) == (b"hi", "image/jpeg")
    gone = line.act(type="image", gone=True)["message_id"]
    assert line.call("GET", f"/v2/bot/message/{gone}/content").status_code == 410
    assert line.call("GET", "/v2/bot/message/1/content").status_code == 404
    line.act(type="unsend", message_id=sent)
    assert line.call("GET", path).status_code == 404


def test_webhook_endpoint_settings_and_check(line):
    path = "/v2/bot/channel/webhook/endpoint"
    assert line.call("GET", path).json()["endpoint"] == "http://bot/line/webhook"
    assert line.call("PUT", path, {"endpoint": "https://other/x"}).status_code == 200
    assert line.call("PUT", path, {"endpoint": "ftp://x"}).status_code == 400
    line.bot.answers = [500]
    tested = line.call("POST", "/v2/bot/channel/webhook/test", {}).json()
    assert (tested["success"], tested["statusCode"], tested["reason"]) == (
        False,
        500,
        "ERROR_STATUS_CODE",
    )
    assert line.bot.events == []  # the check carries no events


# --- rich menus ---


def make_menu(line, image: bytes | None = None) -> str:
    menu_id = line.call("POST", "/v2/bot/richmenu", RICH_MENU).json()["richMenuId"]
    if image is not None:
        path = f"/v2/bot/richmenu/{menu_id}/content"
        assert line.call("POST", path, image, Content_Type="image/png").status_code == 200
    return menu_id


def test_a_persons_own_menu_wins_over_the_default(line):
    image = png(1200, 405)
    common, own = make_menu(line, image), make_menu(line, image)
    assert line.call("GET", "/v2/bot/user/all/richmenu").status_code == 404
    assert line.call("POST", f"/v2/bot/user/all/richmenu/{common}").status_code == 200
    assert line.call("POST", f"/v2/bot/user/{SOMCHAI}/richmenu/{own}").status_code == 200
    users = {u["user_id"]: u["menu"]["richMenuId"] for u in line.http.get("/_sim/users").json()}
    assert users == {MALI: common, SOMCHAI: own}
    assert line.call("DELETE", f"/v2/bot/richmenu/{own}").status_code == 200
    assert line.call("GET", f"/v2/bot/user/{SOMCHAI}/richmenu").status_code == 404
    assert line.http.get("/_sim/users").json()[1]["menu"]["richMenuId"] == common


def test_a_menu_needs_an_image_of_its_own_size(line):
    menu = make_menu(line)
    path = f"/v2/bot/richmenu/{menu}/content"
    assert line.call("POST", f"/v2/bot/user/all/richmenu/{menu}").status_code == 400
    assert line.call("POST", path, b"GIF", Content_Type="image/gif").status_code == 415
    assert line.call("POST", path, b"no", Content_Type="image/png").status_code == 400
    small = png(800, 250)
    assert line.call("POST", path, small, Content_Type="image/png").status_code == 400
    huge = png(1200, 405) + b"\0" * 1024 * 1024
    assert line.call("POST", path, huge, Content_Type="image/png").status_code == 413
    good = png(1200, 405)
    assert line.call("POST", path, good, Content_Type="image/png").status_code == 200
    assert line.call("POST", path, good, Content_Type="image/png").status_code == 400
    assert line.call("GET", path).content == good


def test_aliases_switch_menus(line):
    first, second = (make_menu(line, png(1200, 405)) for _ in range(2))
    body = {"richMenuAliasId": "more", "richMenuId": first}
    assert line.call("POST", "/v2/bot/richmenu/alias", body).status_code == 200
    assert line.call("POST", "/v2/bot/richmenu/alias", body).status_code == 400
    alias = "/v2/bot/richmenu/alias/more"
    assert line.call("POST", alias, {"richMenuId": second}).status_code == 200
    assert line.call("GET", alias).json()["richMenuId"] == second
    assert len(line.call("GET", "/v2/bot/richmenu/alias/list").json()["aliases"]) == 1
    assert line.call("DELETE", alias).status_code == 200
    assert line.call("GET", alias).status_code == 404


def test_unknown_menus(line):
    unknown = f"richmenu-{uuid.uuid4().hex}"
    assert line.call("GET", f"/v2/bot/richmenu/{unknown}").status_code == 404
    assert line.call("POST", f"/v2/bot/user/{MALI}/richmenu/{unknown}").status_code == 404
    assert line.call("POST", "/v2/bot/richmenu/validate", {}).status_code == 400
    assert line.call("GET", "/v2/bot/richmenu/list").json() == {"richmenus": []}
