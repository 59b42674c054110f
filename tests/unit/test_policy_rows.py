"""Reading policies: every mistake is named with its place, and what is read can be climbed."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ess.domain.errors import InvalidPolicy
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK, Channel, Unit, UnitKind, When
from ess.domain.policy import Role, climb
from ess.domain.policy_rows import (
    MOST_BEFORE_DESK_S,
    MOST_RUNGS,
    MOST_STEPS,
    TIMES,
    read_policy,
)
from ess.policies import builtin

RUNG = {"roles": ["responsible"], "channels": ["line", "sms"], "wait": 60}
DESK_RUNG = {"roles": ["desk"], "channels": ["line", "email"], "wait": "desk"}
NOTICE = {"kinds": [2], "roles": ["social_office"], "channels": ["line"], "when": "at_once"}
GOOD = {
    "name": "two patrols",
    "ladders": [
        {"rungs": [RUNG, DESK_RUNG]},
        {"kinds": [1, 4], "rungs": [RUNG | {"times": 2}, RUNG, DESK_RUNG], "rounds": 2},
    ],
    "notices": [NOTICE],
}
SLOW = (
    "ladders[0]: {} seconds pass before the desk is asked (rounds x times x wait); "
    "900 are the most: within 15 minutes a human must look after it"
)
FOUND = [
    *(Unit(f"s{n}", "สภ.", "S", UnitKind.POLICE_STATION, n * 10.0) for n in range(4)),
    Unit("c", "ศูนย์", "C", UnitKind.CENTER_191, 90.0),
    Unit("o", "พมจ.", "O", UnitKind.SOCIAL_OFFICE, 99.0),
]


def problems(data, times=TIMES):
    with pytest.raises(InvalidPolicy) as caught:
        read_policy(data, times)
    return list(caught.value.problems)


def changed(path, value):
    """GOOD with the value at a path such as ``ladders/0/rungs/1/wait`` replaced, or taken out."""
    data = json.loads(json.dumps(GOOD))  # a deep copy would keep its rungs one object
    *parents, last = [int(part) if part.isdecimal() else part for part in path.split("/")]
    place = data
    for part in parents:
        place = place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return data


def test_a_good_policy_is_read():
    policy = read_policy(GOOD, {"acknowledge": 60, "desk": 45})
    general, own = policy.ladders
    assert policy.name == "two patrols"
    assert general.kinds == frozenset()
    assert general.rungs[-1].wait_s == 45
    assert own.kinds == {Kind.ASSAULT, Kind.VIOLENT_PERSON}
    assert own.rounds == 2
    assert own.rungs[0].times == 2
    assert own.rungs[0].roles == (Role.RESPONSIBLE,)
    (notice,) = policy.notices
    assert (notice.kinds, notice.when) == ({Kind.CONFINEMENT}, When.AT_ONCE)


@pytest.mark.parametrize("notices", [[], None])
def test_nobody_need_be_informed(notices):
    assert read_policy(changed("notices", notices)).notices == ()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("name", None, "name: missing"),
        ("name", " ", 'name: " " is not a text of 1 to 60'),
        ("name", "a\nb", "name: a text that is long, or has what cannot be shown, is not"),
        ("name", "x" * 61, "name: a text that is long"),
        ("nmae", "x", "nmae: unknown; the fields here are name, ladders, notices, note"),
        ("note", 7, "note: 7 is not a text"),
        ("ladders", None, "ladders: missing; give a list of ladders"),
        ("ladders", [], "ladders: 0 is not 1 to 6 ladders"),
        ("ladders", {}, "ladders: an object is not a list of 1 to 6 ladders"),
        ("ladders/0", 5, "ladders[0]: 5 is not an object with kinds, rungs, rounds, note"),
        ("ladders/0/rungs", None, "ladders[0].rungs: missing"),
        ("ladders/0/rungs", [], "ladders[0].rungs: 0 is not 1 to 20 rungs"),
        ("ladders/0/rungs", [RUNG], "ladders[0].rungs[0].roles: the last rung must be the desk"),
        ("ladders/0/rungs/0", [], "ladders[0].rungs[0]: a list is not an object with roles"),
        ("ladders/0/rungs/0/wait", None, "ladders[0].rungs[0].wait: missing; give seconds, or one"),
        ("ladders/1/rungs/0/wait", 5000, "ladders[1].rungs[0].wait: 5000 is not 1 to 3600 seconds"),
        ("ladders/0/rungs/0/wait", 0, "ladders[0].rungs[0].wait: 0 is not 1 to 3600 seconds"),
        ("ladders/0/rungs/0/wait", True, "ladders[0].rungs[0].wait: true is not 1 to 3600"),
        ("ladders/0/rungs/0/wait", 6.5, "ladders[0].rungs[0].wait: 6.5 is not a whole number"),
        ("ladders/0/rungs/0/wait", "soon", 'ladders[0].rungs[0].wait: "soon" is not a number of'),
        ("ladders/0/rungs/0/wait", 10**40, "ladders[0].rungs[0].wait: a number beyond all"),
        ("ladders/0/rungs/1/wait", 601, "ladders[0].rungs[1].wait: 601 is not 1 to 600 seconds"),
        ("ladders/0/rungs/0/times", 11, "ladders[0].rungs[0].times: 11 is not 1 to 10"),
        ("ladders/0/rungs/1/times", 2, "ladders[0].rungs[1].times: not for the last rung"),
        ("ladders/0/rungs/0/chanels", [], "ladders[0].rungs[0].chanels: unknown; the fields here"),
        ("ladders/0/rungs/0/channels", None, "ladders[0].rungs[0].channels: missing; name one or"),
        ("ladders/0/rungs/0/channels", [], "ladders[0].rungs[0].channels: 0 is not 1 to 3 words"),
        ("ladders/0/rungs/0/channels", "line", 'channels: "line" is not a list of 1 to 3 words'),
        ("ladders/0/rungs/0/channels", ["fax"], 'channels[0]: "fax" is not one of line, sms, emai'),
        ("ladders/0/rungs/0/channels", ["line", "line"], "channels[1]: line is named twice"),
        ("ladders/0/rungs/0/channels", ["email"], "channels: email goes to the desk's own"),
        ("ladders/0/rungs/1/channels", ["email"], "channels: an e-mail alone wakes nobody"),
        ("ladders/0/rungs/0/roles", ["army"], 'roles[0]: "army" is not one of responsible, next'),
        ("ladders/0/rungs/0/roles", ["desk"], "rungs[0].roles: the desk is the last rung and no"),
        (
            "ladders/0/rungs/1/roles",
            ["desk", "center_191"],
            "roles: the last rung must be the desk",
        ),
        ("ladders/1/rounds", 6, "ladders[1].rounds: 6 is not 1 to 5"),
        ("ladders/1/kinds", [6], "ladders[1].kinds[0]: 6 is not 1 to 5"),
        ("ladders/1/kinds", [], "ladders[1].kinds: 0 is not 1 to 5 kinds of emergency (without"),
        ("ladders/1/kinds", [1, 1], "ladders[1].kinds[1]: 1 is named twice"),
        ("ladders/1/kinds", None, "ladders[1]: without kinds, as ladders[0] is; only one may be"),
        ("ladders/0/kinds", [1], "ladders[1]: kind 1 has a ladder already, ladders[0]"),
        ("ladders/0/kinds", [2], "ladders: one must be without kinds"),
        ("notices/0/kinds", None, "notices[0].kinds: missing"),
        ("notices/0/roles", ["desk"], "notices[0].roles: the desk is asked, never only informed"),
        ("notices/0/channels", ["email"], "notices[0].channels: email goes to the desk's own"),
        ("notices/0/when", "later", 'notices[0].when: "later" is not one of at_once, unanswered'),
        ("notices", [NOTICE, NOTICE], "notices[1]: social_office is told of kind 2 by notices[0]"),
        ("notices", [NOTICE] * 21, "notices: 21 is not 1 to 20 notices"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_is_allowed(path, value, said):
    assert any(said in problem for problem in problems(changed(path, value)))


@pytest.mark.parametrize("data", [None, [], "policy", 3, True])
def test_what_is_no_object_is_no_policy(data):
    (problem,) = problems(data)
    assert problem.startswith("policy: ")


def test_all_mistakes_are_told_at_once():
    data = changed("ladders/0/rungs/0", {"roles": ["army"], "channels": ["fax"], "wait": -1})
    data["ladders"][1]["rounds"] = 0
    data["notices"][0]["when"] = "never"
    assert [problem.split(":")[0] for problem in problems(data)] == [
        "ladders[0].rungs[0].roles[0]",
        "ladders[0].rungs[0].channels[0]",
        "ladders[0].rungs[0].wait",
        "ladders[1].rounds",
        "notices[0].when",
    ]
    with pytest.raises(InvalidPolicy, match=r"rounds[^\n]*\nnotices"):
        read_policy(data)


def test_one_mistake_is_one_problem():
    assert len(problems(changed("ladders/0/rungs/0/roles", ["army"]))) == 1
    assert len(problems(changed("ladders/0/rungs/0/wait", None))) == 1


def ladder(*rungs, **more):
    return changed("ladders/0", {"rungs": [*rungs, DESK_RUNG], **more})


def test_the_desk_is_asked_within_a_quarter_of_an_hour():
    read_policy(ladder(RUNG | {"wait": 300, "times": 3}))
    read_policy(ladder(RUNG | {"wait": 450}, rounds=2))
    for slow in (ladder(RUNG | {"wait": 301, "times": 3}), ladder(RUNG | {"wait": 451}, rounds=2)):
        assert problems(slow) in ([SLOW.format(902)], [SLOW.format(903)])
    assert MOST_BEFORE_DESK_S == 15 * 60


def test_steps_before_the_desk_are_bounded():
    read_policy(ladder(RUNG | {"wait": 1, "times": 10}, RUNG | {"wait": 1, "times": 2}, rounds=5))
    (problem,) = problems(ladder(*[RUNG | {"wait": 1, "times": 7}] * 2, rounds=5))
    assert (
        problem
        == f"ladders[0]: 70 times units are asked before the desk; {MOST_STEPS} are the most"
    )


def test_rungs_are_bounded():
    read_policy(ladder(*[RUNG | {"wait": 5}] * (MOST_RUNGS - 1)))
    assert problems(ladder(*[RUNG | {"wait": 5}] * MOST_RUNGS)) == [
        "ladders[0].rungs: 21 is not 1 to 20 rungs"
    ]


def test_a_named_wait_is_the_deploy_parameter_of_that_name():
    data = changed("ladders/0/rungs/0/wait", "acknowledge")
    assert read_policy(data, {"acknowledge": 7, "desk": 9}).ladders[0].rungs[0].wait_s == 7
    assert problems(data, {"acknowledge": 4000, "desk": 9}) == [
        "ladders[0].rungs[0].wait: acknowledge is 4000, which is not 1 to 3600 seconds",
        SLOW.format(4000),
    ]


@pytest.mark.parametrize("acknowledge", [3, 60, 300])
@pytest.mark.parametrize("desk", [3, 60, 600])
def test_the_built_in_policy_is_good_with_any_times_that_the_template_allows(acknowledge, desk):
    policy = read_policy(builtin.load(), {"acknowledge": acknowledge, "desk": desk})
    assert climb(policy, Kind.ASSAULT, FOUND).waits() == [acknowledge] * 3 + [desk]


# --- whatever is given ---

strange = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=4,
)


def seldom(usual):
    """Something strange instead, now and then."""
    return st.integers(0, 19).flatmap(lambda n: strange if n == 19 else usual)


def never(usual):
    """What is usual."""
    return usual


def policies(perhaps):
    """Policies of the right shape, except where `perhaps` puts something else."""

    def words(these):
        return perhaps(st.lists(st.sampled_from(list(map(str, these))), min_size=1, unique=True))

    asked = [role for role in Role if role is not Role.DESK]
    people = words([Channel.LINE, Channel.SMS])
    rung = st.fixed_dictionaries(
        {
            "roles": words(asked),
            "channels": people,
            "wait": perhaps(st.integers(1, 20) | st.sampled_from(["acknowledge", "desk"])),
        },
        optional={"times": perhaps(st.integers(1, 3)), "note": perhaps(st.just("why"))},
    )
    rungs = st.lists(rung, max_size=3).map(lambda before: [*before, DESK_RUNG])
    ladder = st.fixed_dictionaries(
        {"rungs": perhaps(rungs)}, optional={"rounds": perhaps(st.integers(1, 2))}
    )
    kinds = st.lists(st.integers(1, 5), unique=True)
    special = kinds.flatmap(
        lambda kinds: st.tuples(*(ladder.map(lambda d, k=k: d | {"kinds": [k]}) for k in kinds))
    )
    ladders = st.tuples(ladder, special).map(lambda found: [found[0], *found[1]])
    notice = st.fixed_dictionaries(
        {
            "kinds": perhaps(st.lists(st.integers(1, 5), min_size=1, unique=True)),
            "roles": words(asked),
            "channels": people,
            "when": perhaps(st.sampled_from(["at_once", "unanswered"])),
        }
    )
    notices = perhaps(st.lists(notice, max_size=2))
    return perhaps(
        st.fixed_dictionaries(
            {"name": perhaps(st.just("p")), "ladders": perhaps(ladders)},
            optional={"notices": notices},
        )
    )


@pytest.mark.parametrize(("perhaps", "least"), [(never, 15), (seldom, 2)])
def test_whatever_is_given_is_refused_or_can_be_climbed_by_every_report(perhaps, least):
    read = []

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(data=policies(perhaps), found=st.lists(st.sampled_from(FOUND), unique=True))
    def hold(data, found):
        before = json.dumps(data, default=str)
        policy, said = attempt(data)
        assert json.dumps(data, default=str) == before
        assert all(": " in problem and "\n" not in problem for problem in said)
        if policy is None:
            assert said
            return
        read.append(policy)
        for kind in Kind:
            check(climb(policy, kind, found), found)

    hold()
    # It was held against policies, not against mistakes alone.
    assert len(read) >= least
    if perhaps is never:
        assert any(policy.notices for policy in read)
        assert any(len(policy.ladders) > 1 for policy in read)


def attempt(data):
    try:
        return read_policy(data, {"acknowledge": 60, "desk": 60}), ()
    except InvalidPolicy as error:
        return None, error.problems


def check(ladder, found):
    """What must be so of every ladder."""
    last = len(ladder.rungs) - 1
    waits = ladder.waits()
    assert ladder.rungs[last].units == (DESK,)
    assert not any(rung.is_desk for rung in ladder.rungs[:-1])
    assert len(waits) == ladder.steps_before_last + 1 <= MOST_STEPS + 1
    assert sum(waits[:-1]) <= MOST_BEFORE_DESK_S
    offered = []
    for step, wait_s in enumerate(waits):
        place = ladder.place(step)
        assert ladder.rungs[place.rung].wait_s == wait_s >= 1
        assert place.last == (place.rung == last) == (step == ladder.steps_before_last)
        assert 1 <= place.round <= ladder.rounds
        offered.append(place.rung)
        assert place.attempt == offered.count(place.rung)
    for index, rung in enumerate(ladder.rungs[:-1]):
        assert offered.count(index) == rung.times * ladder.rounds
    for later in range(3):
        place = ladder.place(len(waits) + later)
        assert (place.rung, place.attempt, place.last) == (last, later + 2, True)
    for group in (*ladder.rungs, *ladder.notices):
        ids = [unit.unit_id for unit in group.units]
        assert ids
        assert group.channels
        assert len(set(ids)) == len(ids)
        assert set(group.units) <= {*found, DESK}


@settings(max_examples=80, deadline=None)
@given(strange)
def test_no_json_breaks_the_reading(data):
    with pytest.raises(InvalidPolicy):
        read_policy(data)
