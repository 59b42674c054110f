"""The deploy parameters that policies name: whatever may be deployed, reports get a policy."""

import itertools

import pytest

from ess.domain.kinds import Kind
from ess.domain.policy import climb
from ess.domain.policy_rows import DESK_WAIT_S, TIMES, read_policy
from ess.policies import builtin
from tests.architecture.conftest import template

TEMPLATE = template()
NAMED = {"acknowledge": "AcknowledgeSeconds", "desk": "DeskSeconds"}


def limits(name):
    parameter = TEMPLATE["Parameters"][NAMED[name]]
    return parameter["MinValue"], parameter["Default"], parameter["MaxValue"]


@pytest.mark.parametrize("times", list(itertools.product(*map(limits, NAMED))))
def test_the_built_in_policy_is_good_with_whatever_can_be_deployed(times):
    policy = read_policy(builtin.load(), dict(zip(NAMED, times, strict=True)))
    assert all(climb(policy, kind, []).rungs[-1].wait_s == times[1] for kind in Kind)


def test_names_and_seconds_are_the_templates():
    assert {name: limits(name)[1] for name in NAMED} == TIMES
    assert limits("desk")[2] == DESK_WAIT_S[1]


def test_who_assigns_reports_has_the_times_and_may_read_the_policy():
    function = TEMPLATE["Resources"]["AssignReportFunction"]["Properties"]
    variables = function["Environment"]["Variables"]
    assert variables["ESS_ACKNOWLEDGE_SECONDS"] == "AcknowledgeSeconds"
    assert variables["ESS_DESK_SECONDS"] == "DeskSeconds"
    assert variables["ESS_SETTINGS_TABLE"] == "SettingsTable"
    statements = [one for policy in function["Policies"] for one in policy["Statement"]]
    (reading,) = (one for one in statements if one["Resource"] == "SettingsTable.Arn")
    assert reading["Action"] == "dynamodb:GetItem"


def test_a_policy_that_is_passed_over_raises_an_alarm():
    alarm = TEMPLATE["Resources"]["PolicyUnreadableAlarm"]["Properties"]
    assert alarm["MetricName"] == "PolicyUnreadable"
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "assign_report"}]
