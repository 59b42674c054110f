"""Every rule of the state machine's check, broken once."""

import copy
import json

import pytest

from tools import check_workflow

KNOWN = frozenset({"NobodyOnDuty", "TemporaryFailure"})
GIVEN = {"NotifyArn", "Seconds"}

RETRY = [{"ErrorEquals": ["TemporaryFailure"], "MaxAttempts": 2}]
GOOD = {
    "QueryLanguage": "JSONata",
    "TimeoutSeconds": 86400,
    "StartAt": "Notify",
    "States": {
        "Notify": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "TimeoutSeconds": "BARE",
            "Arguments": {
                "FunctionName": "${NotifyArn}",
                "Payload": {"token": "{% $states.context.Task.Token %}"},
            },
            "Assign": {"more": "{% $count($states.result.units) > 1 %}"},
            "Retry": RETRY,
            "Catch": [
                {"ErrorEquals": ["States.Timeout"], "Next": "Escalate"},
                {"ErrorEquals": ["NobodyOnDuty"], "Next": "Escalate"},
                {"ErrorEquals": ["States.ALL"], "Next": "Escalate"},
            ],
            "Next": "Done",
        },
        "Escalate": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $more %}", "Next": "Notify"}],
            "Default": "Lost",
        },
        "Done": {"Type": "Succeed"},
        "Lost": {"Type": "Fail"},
    },
}


def text_of(machine: dict) -> str:
    return json.dumps(machine).replace('"BARE"', "${Seconds}")


def check(machine: dict, given: set[str] = GIVEN) -> list[str]:
    return check_workflow.check(text_of(machine), given, KNOWN)


def test_a_good_machine_has_no_problems():
    assert check(GOOD) == []


BROKEN = {
    "StartAt names 'Nowhere'": lambda m: m.update(StartAt="Nowhere"),
    "QueryLanguage is not": lambda m: m.pop("QueryLanguage"),
    "the machine has no TimeoutSeconds": lambda m: m.pop("TimeoutSeconds"),
    "leads to 'Gone'": lambda m: m["States"]["Notify"].update(Next="Gone"),
    "Escalate: leads to 'Lost'": lambda m: m["States"].pop("Lost"),
    "Island: cannot be reached": lambda m: m["States"].update(Island={"Type": "Succeed"}),
    "Escalate: no end can be reached": lambda m: m["States"].update(
        Escalate={"Type": "Wait", "Seconds": 1, "Next": "Escalate"}
    ),
    "callback without TimeoutSeconds": lambda m: m["States"]["Notify"].pop("TimeoutSeconds"),
    "TimeoutSeconds '60' is no": lambda m: m["States"]["Notify"].update(TimeoutSeconds="60"),
    "TimeoutSeconds 0 is no": lambda m: m["States"]["Notify"].update(TimeoutSeconds=0),
    "Notify: reads $wait_s, which no Assign": lambda m: m["States"]["Notify"].update(
        TimeoutSeconds="{% $wait_s %}"
    ),
    "Escalate: reads $more, which no Assign": lambda m: m["States"]["Notify"].pop("Assign"),
    "callback without a Catch on States.Timeout": lambda m: m["States"]["Notify"]["Catch"].pop(0),
    "Task without a Catch on States.ALL": lambda m: m["States"]["Notify"]["Catch"].pop(),
    "Task without Retry": lambda m: m["States"]["Notify"].pop("Retry"),
    "gives nobody its task token": lambda m: m["States"]["Notify"]["Arguments"].pop("Payload"),
    "handles 'NobodyOnDutty'": lambda m: m["States"]["Notify"]["Catch"][1].update(
        ErrorEquals=["NobodyOnDutty"]
    ),
    "States.ALL stands before": lambda m: m["States"]["Notify"]["Catch"].reverse(),
    "Choice without Default": lambda m: m["States"]["Escalate"].pop("Default"),
    "JSONPath": lambda m: m["States"]["Notify"].update(ResultPath="$.x"),
    "Type 'Tusk'": lambda m: m["States"]["Done"].update(Type="Tusk"),
    "needs either Next or End": lambda m: m["States"]["Notify"].update(End=True),
    "Escalate/StartAt names 'Inner'": lambda m: m["States"].update(
        Escalate={"Type": "Parallel", "Branches": [{"StartAt": "Inner", "States": {}}], "End": True}
    ),
}


@pytest.mark.parametrize("problem", BROKEN)
def test_a_broken_machine_is_named(problem):
    machine = copy.deepcopy(GOOD)
    BROKEN[problem](machine)
    given = GIVEN if "${" in text_of(machine) else set()
    assert [found for found in check(machine, given) if problem in found]


@pytest.mark.parametrize(
    "seconds",
    [
        "{% $more ? 30 : 60 %}",
        "{% $states.input.wait_s %}",
        "{% ($own := $states.input.wait_s; $own + $count(['$text'])) %}",
        "{% $sum($map([1, 2], function($v, $i) { $v + $i })) %}",
    ],
)
def test_a_timeout_may_be_an_expression_over_what_is_known(seconds):
    machine = copy.deepcopy(GOOD)
    machine["States"]["Notify"]["TimeoutSeconds"] = seconds
    assert check(machine, {"NotifyArn"}) == []


def test_a_placeholder_that_nobody_fills_and_a_filling_that_nobody_uses():
    assert check(GOOD, {"NotifyArn", "Other"}) == [
        "${Seconds} is not given by DefinitionSubstitutions",
        "DefinitionSubstitutions gives Other, which is not used",
    ]


def test_what_is_not_json_is_said():
    assert check_workflow.check("{", set(), KNOWN)[0].startswith("not JSON")


def test_substitutions_are_read_from_a_template_with_short_forms():
    template = """
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionSubstitutions:
        NotifyArn: !GetAtt Notify.Arn
        Seconds: !If [Short, !Ref Seconds, {"Fn::Sub": "9"}]
"""
    assert check_workflow.substitutions_in(template) == {"Machine": {"NotifyArn", "Seconds"}}


def test_the_domain_names_its_errors():
    assert {"NobodyOnDuty", "EssError"} <= check_workflow.domain_errors()
