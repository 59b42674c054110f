"""The simulator's way to the pages behind links in SMS."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from local.simulator.pages import Pages

BASE = "http://127.0.0.1:1/_aws/execute-api/abc/local"


class Api:
    def __init__(self):
        self.asked = []

    def __call__(self, request):
        self.asked.append(request)
        headers = {"Location": "TOKEN?d=accepted", "Content-Security-Policy": "default-src 'none'"}
        return httpx.Response(303 if request.method == "POST" else 200, headers=headers, text="ok")


@pytest.fixture
def api():
    return Api()


def ask(api, method, path, base=BASE, **more):
    pages = Pages(lambda: base, httpx.MockTransport(api))
    transport = httpx.ASGITransport(Starlette(routes=pages.routes()))

    async def fetch():
        async with httpx.AsyncClient(transport=transport, base_url="http://sim") as phone:
            return await phone.request(method, path, **more)

    return asyncio.run(fetch())


def test_a_page_is_fetched_with_its_headers(api):
    answer = ask(api, "GET", "/o/TOKEN?f=close")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-security-policy"] == "default-src 'none'"
    assert str(api.asked[0].url) == f"{BASE}/o/TOKEN?f=close"


def test_a_button_is_pressed_once_and_its_redirect_is_the_phones_to_follow(api):
    answer = ask(api, "POST", "/o/TOKEN", data={"act": "accept"})
    assert (answer.status_code, answer.headers["location"]) == (303, "TOKEN?d=accepted")
    (request,) = api.asked
    assert (request.method, request.content) == ("POST", b"act=accept")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE"])
def test_other_methods_are_passed_on_as_they_are(api, method):
    ask(api, method, "/o/TOKEN")
    assert api.asked[0].method == method


def test_a_file_is_led_to_and_not_fetched(api):
    assert ask(api, "GET", "/o/TOKEN/m/1234").headers["location"] == "TOKEN?d=accepted"
    assert str(api.asked[0].url) == f"{BASE}/o/TOKEN/m/1234"


def test_before_the_deploy_there_is_nothing(api):
    assert ask(api, "GET", "/o/TOKEN", "").status_code == 503
    assert api.asked == []


def test_an_api_that_does_not_answer_is_said():
    def broken(_request):
        raise httpx.ConnectError("refused")

    assert ask(broken, "GET", "/o/TOKEN").status_code == 502
