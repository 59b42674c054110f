"""Our signature check against the SDK's, over any bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3.webhook import SignatureValidator

from ess.adapters.line.signature import is_genuine, sign


@given(st.text(min_size=1), st.text())
def test_we_accept_what_the_sdk_accepts(secret, body):
    signature = sign(secret, body.encode())
    assert SignatureValidator(secret).validate(body, signature)
    assert is_genuine(secret, body.encode(), signature)


@given(st.text(min_size=1), st.binary(), st.binary(min_size=1))
def test_one_changed_byte_is_refused(secret, body, more):
    assert not is_genuine(secret, body + more, sign(secret, body))


@pytest.mark.parametrize("signature", [None, "", "ก", "AAAA", "=" * 44])
def test_other_headers_are_refused(signature):
    assert not is_genuine("secret", b"{}", signature)
