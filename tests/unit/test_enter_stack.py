"""The outputs and parameters of a stack become the settings of the `ess` command."""

import boto3
import pytest

from operate import stack
from operate.stack import StackUnusable, enter_stack

SETTINGS = {**stack.VARIABLES, **stack.NEWER, **stack.PARAMETERS}


@pytest.fixture
def answer(monkeypatch):
    """What CloudFormation tells of the stack; the environment is put back afterwards."""
    answer = {
        "Outputs": [{"OutputKey": key, "OutputValue": f"the {key}"} for key in stack.VARIABLES],
        "Parameters": [],
    }

    class Client:
        def describe_stacks(self, StackName):  # noqa: N803  the vendor's word
            return {"Stacks": [answer | {"StackName": StackName}]}

    for variable in SETTINGS.values():
        monkeypatch.setenv(variable, "of another stack")
    monkeypatch.setattr(boto3, "client", lambda _: Client())
    return answer


def test_parameters_become_the_times_of_policies(answer):
    answer["Parameters"] = [
        {"ParameterKey": "AcknowledgeSeconds", "ParameterValue": "45"},
        {"ParameterKey": "DeskSeconds", "ParameterValue": "90"},
        {"ParameterKey": "Stage", "ParameterValue": "dev"},
    ]
    enter_stack("ess-dev")
    assert stack.os.environ["ESS_ACKNOWLEDGE_SECONDS"] == "45"
    assert stack.os.environ["ESS_DESK_SECONDS"] == "90"
    assert stack.os.environ["ESS_STATIONS_TABLE"] == "the StationsTable"


def test_what_an_older_stack_lacks_is_not_taken_from_another(answer):
    enter_stack("ess-old")
    assert stack.os.environ["ESS_ACKNOWLEDGE_SECONDS"] == ""
    assert stack.os.environ["ESS_SETTINGS_TABLE"] == ""


def test_a_stack_without_tables_is_none_of_ours(answer):
    del answer["Outputs"][0]
    with pytest.raises(StackUnusable, match="has no output"):
        enter_stack("other")
