"""template.yaml keeps what the issue and the linter's switched-off rules ask of it."""

from collections.abc import Iterator

import pytest

from tests.architecture.conftest import template

RESOURCES = template()["Resources"]
GLOBALS = template()["Globals"]["Function"]
# Actions for which AWS knows no resource; each is named with its reason in the template.
WITHOUT_RESOURCE = {
    "states:SendTaskSuccess",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}


def of_type(kind: str) -> dict[str, dict]:
    return {name: r for name, r in RESOURCES.items() if r["Type"] == kind}


FUNCTIONS = of_type("AWS::Serverless::Function")
TABLES = of_type("AWS::DynamoDB::Table")


def statements(resource: dict) -> Iterator[dict]:
    for policy in resource["Properties"]["Policies"]:
        yield from policy["Statement"]


def listed(value: object) -> list:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", TABLES)
def test_tables_can_be_restored_forget_in_time_and_are_encrypted(name):
    properties = TABLES[name]["Properties"]
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert TABLES[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", of_type("AWS::S3::Bucket"))
def test_buckets_are_private_encrypted_forget_and_are_spoken_to_over_tls_alone(name):
    bucket = RESOURCES[name]
    properties = bucket["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = properties["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] <= 90
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] <= 90
    assert bucket["UpdateReplacePolicy"] == "Retain"
    (policy,) = (
        p for p in of_type("AWS::S3::BucketPolicy").values() if p["Properties"]["Bucket"] == name
    )
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Resource"] == [f"{name}.Arn", f"${{{name}.Arn}}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_numpy_is_with_the_import_alone():
    users = [
        n for n, f in FUNCTIONS.items() if "StationsLayer" in f["Properties"].get("Layers", [])
    ]
    assert users == ["ImportStationsFunction"]
    assert "StationsLayer" not in GLOBALS["Layers"]


def test_the_runtime_is_lambdas_python_3_13():
    assert GLOBALS["Runtime"] == "python3.13"
    assert not [name for name, f in FUNCTIONS.items() if "Runtime" in f["Properties"]]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_have_a_timeout_and_a_log_that_forgets(name):
    properties = FUNCTIONS[name]["Properties"]
    # An import is waited for by its operator, everything else by somebody in danger.
    assert 0 < properties["Timeout"] <= (900 if name == "ImportStationsFunction" else 60)
    log = RESOURCES[properties["LoggingConfig"]["LogGroup"]]
    assert log["Type"] == "AWS::Logs::LogGroup"
    assert log["Properties"]["RetentionInDays"] <= 90


@pytest.mark.parametrize("name", [*FUNCTIONS, *of_type("AWS::Serverless::StateMachine")])
def test_roles_allow_named_actions_on_named_resources(name):
    for statement in statements(RESOURCES[name]):
        actions = listed(statement["Action"])
        assert not [action for action in actions if "*" in action], statement
        if "*" in listed(statement.get("Resource", [])):
            assert set(actions) <= WITHOUT_RESOURCE, statement
        if "NotResource" in statement:
            assert actions == ["sns:Publish"], statement


def test_no_function_has_a_secret_in_its_environment():
    for function in FUNCTIONS.values():
        variables = function["Properties"].get("Environment", {}).get("Variables", {})
        secrets = [name for name in variables if "SECRET" in name or "TOKEN" in name]
        assert all(name.endswith("_PARAMETER") for name in secrets)


def test_the_api_is_throttled_and_can_log():
    (api,) = of_type("AWS::Serverless::Api").values()
    (method,) = api["Properties"]["MethodSettings"]
    assert method["ThrottlingRateLimit"] > 0
    assert method["ThrottlingBurstLimit"] > 0
    assert "AccessLogSetting" in api["Properties"]


def test_scheduled_functions_have_a_place_for_their_failures():
    for name, function in FUNCTIONS.items():
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] == "Schedule":
                assert "DeadLetterConfig" in event["Properties"], name
                config = function["Properties"]["EventInvokeConfig"]["DestinationConfig"]
                assert config["OnFailure"]["Type"] == "SQS", name


@pytest.mark.parametrize("name", of_type("AWS::SQS::Queue"))
def test_a_queue_of_failures_keeps_them_long_and_raises_an_alarm(name):
    properties = RESOURCES[name]["Properties"]
    assert properties["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert properties["SqsManagedSseEnabled"] is True
    watched = [
        dimension["Value"]
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Properties"].get("Dimensions", [])
        if isinstance(dimension, dict)
    ]
    assert f"{name}.QueueName" in watched


def test_every_alarm_says_what_is_wrong_and_tells_somebody():
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        assert len(alarm["Properties"]["AlarmDescription"]) > 20, name
        assert alarm["Properties"]["AlarmActions"] == ["AlarmTopic"], name
