"""The link in an officer's SMS: nobody can make one, change one, or use it for something else."""

import string
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess.domain.errors import LinkExpired, LinkRefused
from ess.domain.link import LINK_LIFE_S, make_link, person_key, person_of, read_link

SECRET = b"a secret of at least thirty-two bytes"
OLD = b"the secret before it, as long as that"
REPORT = "0123456789abcdef" * 2
NOW = 1_790_000_000.0
ALPHABET = string.ascii_letters + string.digits + "-_"


@dataclass(frozen=True)
class Named:
    unit_id: str
    responder_id: str


ALICE, BOB = Named("np-mueang", "alice"), Named("np-mueang", "bob")


def link(secret=SECRET, report=REPORT, who=ALICE, life=LINK_LIFE_S, **more):
    return make_link(secret, report, who.unit_id, who.responder_id, NOW + life, **more)


def refused(text, secrets=(SECRET,), now=NOW):
    with pytest.raises(LinkRefused):
        read_link(secrets, text, now)
    return True


def test_it_says_which_report_who_and_until_when():
    claim = read_link([SECRET], link(), NOW)
    assert claim.report_id == REPORT
    assert claim.expires_at == int(NOW) + LINK_LIFE_S
    assert person_of([BOB, ALICE], claim) is ALICE
    assert person_of([BOB], claim) is None


def test_it_is_short_and_names_nobody():
    text = link()
    assert len(text) == 55
    assert set(text) <= set(ALPHABET)
    assert "alice" not in text


@given(
    st.uuids(), st.text(max_size=20), st.text(max_size=20), st.integers(0, 2**32 - 1), st.binary()
)
def test_phones_underline_all_of_it(report, unit, responder, expires_at, secret):
    """Android's Linkify stops at a final "-", so the last letter is never one."""
    text = make_link(b"x" + secret, report.hex, unit, responder, expires_at)
    assert text[-1].isalnum()
    assert len(text) == 55


@pytest.mark.parametrize("place", range(55))
def test_any_other_letter_anywhere_is_refused(place):
    text = link()
    others = [letter for letter in ALPHABET if letter != text[place]]
    for letter in others:
        assert refused(text[:place] + letter + text[place + 1 :])


@given(st.text(max_size=80) | st.text(alphabet=ALPHABET, min_size=55, max_size=55))
def test_nothing_made_up_is_taken(text):
    assert refused(text)


@pytest.mark.parametrize("text", ["", "A" * 55, "é" * 55, "=" * 55, "A" * 54 + "="])
def test_nothing_odd_is_taken(text):
    assert refused(text)


def test_longer_shorter_or_padded_is_refused():
    text = link()
    assert refused(text[:-1])
    assert refused(text + "A")
    assert refused(text + "=")
    assert refused(text + "\n")
    assert refused(" " + text)


def test_it_ends():
    text = link(life=60)
    assert read_link([SECRET], text, NOW + 59.9)
    with pytest.raises(LinkExpired):
        read_link([SECRET], text, NOW + 60)


def test_one_that_is_not_ours_is_never_called_expired():
    assert refused(link(secret=OLD, life=-60))


def test_a_link_for_something_else_is_good_for_nothing_here():
    other = link(purpose=2)
    assert refused(other)
    assert read_link([SECRET], other, NOW, purpose=2)
    with pytest.raises(LinkRefused):
        read_link([SECRET], link(), NOW, purpose=2)


def test_the_purpose_is_sealed_too():
    """Writing another purpose over it does not make it one."""
    assert link(purpose=2)[2:43] != link()[2:43] or link(purpose=2)[43:] != link()[43:]
    forged = link()[:2] + link(purpose=2)[2:]
    assert refused(forged)


def test_while_a_secret_is_changed_links_of_both_hold():
    for secret in (SECRET, OLD):
        assert read_link([SECRET, OLD], link(secret=secret), NOW).report_id == REPORT
    assert refused(link(secret=OLD), secrets=(SECRET,))


@pytest.mark.parametrize("secrets", [(), (b"",)])
def test_without_a_secret_nothing_holds(secrets):
    assert refused(link(), secrets=secrets)
    with pytest.raises(ValueError, match="secret"):
        link(secret=b"")


@pytest.mark.parametrize("report", ["", "ab", "z" * 32, REPORT + "00"])
def test_only_a_reports_id_can_be_linked(report):
    with pytest.raises(ValueError, match=r"hexadecimal"):
        link(report=report)


def test_unit_and_person_do_not_run_into_each_other():
    assert person_key("a/b", "c") != person_key("a", "b/c")
    assert person_key("a", "alice") != person_key("b", "alice")


def test_a_person_named_twice_is_the_later_one():
    first, second = Named("u", "a"), Named("u", "a")
    claim = read_link([SECRET], link(who=first), NOW)
    assert person_of([first, second], claim) is second
