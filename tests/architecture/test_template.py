"""template.yaml keeps what the issue and the linter's switched-off rules ask of it."""

import re
from collections.abc import Iterator

import pytest

from ess.domain.media import LAST_TRY
from tests.architecture.conftest import template
from tools.build import ROOT

RESOURCES = template()["Resources"]
GLOBALS = template()["Globals"]["Function"]
# Actions for which AWS knows no resource; each is named with its reason in the template.
WITHOUT_RESOURCE = {
    "states:SendTaskSuccess",
    "states:SendTaskHeartbeat",
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


def test_what_reads_strangers_pictures_is_with_the_media_alone():
    users = [n for n, f in FUNCTIONS.items() if "MediaLayer" in f["Properties"].get("Layers", [])]
    assert users == ["KeepMediaFunction"]
    assert "MediaLayer" not in GLOBALS["Layers"]


def test_a_file_is_tried_one_at_a_time_and_its_failure_ends_up_where_an_alarm_points():
    queue = RESOURCES["MediaQueue"]["Properties"]
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": "FailedMediaQueue.Arn",
        "maxReceiveCount": LAST_TRY + 1,
    }
    assert queue["VisibilityTimeout"] >= FUNCTIONS["KeepMediaFunction"]["Properties"]["Timeout"]
    (source,) = of_type("AWS::Lambda::EventSourceMapping").values()
    assert source["Properties"]["EventSourceArn"] == "MediaQueue.Arn"
    assert source["Properties"]["BatchSize"] == 1


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


APIS = of_type("AWS::Serverless::Api")


@pytest.mark.parametrize("name", APIS)
def test_an_api_is_throttled_and_can_log(name):
    properties = APIS[name]["Properties"]
    (method,) = properties["MethodSettings"]
    assert method["ThrottlingRateLimit"] > 0
    assert method["ThrottlingBurstLimit"] > 0
    _, logging, _ = properties["AccessLogSetting"]
    # Neither who calls nor the address called: one tells of a person, the other signs one in.
    fields = set(re.findall(r"\$context\.([\w.]+)", logging["Format"]))
    assert not {f for f in fields if f.startswith(("identity", "path", "domain", "authorizer"))}
    assert "resourcePath" in fields


def test_no_trace_keeps_the_address_of_a_link():
    """X-Ray keeps the URL of a request, and a link's URL is what signs an officer in."""
    assert APIS["PagesApi"]["Properties"]["TracingEnabled"] is False


def test_the_page_that_messages_name_does_not_name_the_workflow():
    """It would be a circle, workflow, message, page, workflow: CloudFormation refuses those."""
    assert "ReportWorkflow" not in str(FUNCTIONS["AnswerLinkFunction"])


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


def own_metrics() -> Iterator[tuple[str, str, str]]:
    """Alarm, service and name of each metric of ours that an alarm watches."""
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        inner = [m["MetricStat"]["Metric"] for m in alarm["Properties"].get("Metrics", ())[1:]]
        for metric in [*inner, alarm["Properties"]]:
            if str(metric.get("Namespace", "")).startswith("EssHelpMe/"):
                (dimension,) = metric["Dimensions"]
                assert dimension["Name"] == "service"
                yield name, dimension["Value"], metric["MetricName"]


@pytest.mark.parametrize(("alarm", "service", "metric"), list(own_metrics()))
def test_an_alarm_watches_a_metric_that_its_function_gives(alarm, service, metric):
    source = (ROOT / "functions" / service / "app.py").read_text(encoding="utf-8")
    assert f'Metrics(service="{service}")' in source
    if "observe=_count" in source:  # it counts what its use cases name
        usecases = ROOT / "layers" / "ess" / "ess" / "usecases"
        observed = [f.read_text(encoding="utf-8") for f in sorted(usecases.glob("receive_*.py"))]
        source += "".join(re.findall(r'observe\("\w+"\)', "".join(observed)))
    given = [metric, re.sub("^(Line|Sms|Email)", "{sent.channel.capitalize()}", metric)]
    assert any(f'"{name}"' in source for name in given), alarm


@pytest.mark.parametrize(
    ("service", "metric"),
    [
        ("assign_report", "PolicyUnreadable"),
        ("assign_report", "SameIncidentNotSearched"),
        ("audit_reports", "DraftsNotAudited"),
        ("audit_reports", "ReportsNotAudited"),
        ("receive_webhook", "AppealsNotMailed"),
        ("receive_webhook", "ProfilesNotRead"),
    ],
)
def test_what_is_left_undone_raises_an_alarm(service, metric):
    assert (service, metric) in [(where, what) for _, where, what in own_metrics()]


def test_the_manual_of_operators_says_what_to_do_about_each_alarm():
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+Alarm)`", manual, re.MULTILINE))
    assert named == of_type("AWS::CloudWatch::Alarm").keys()


def test_an_auditor_that_does_not_run_for_three_minutes_raises_an_alarm():
    (alarm,) = (
        a["Properties"]
        for a in of_type("AWS::CloudWatch::Alarm").values()
        if a["Properties"].get("MetricName") == "AuditorRan"
    )
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 180
    assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"]
    # A metric that nobody writes has no value at all: that must not count as well.
    assert alarm["TreatMissingData"] == "breaching"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


def who_may(action: str) -> dict[str, list]:
    """The resources on which each function is allowed an action, by the function."""
    return {
        name: resources
        for name, function in FUNCTIONS.items()
        if (
            resources := [
                resource
                for statement in statements(function)
                if action in listed(statement["Action"])
                for resource in listed(statement.get("Resource", statement.get("NotResource")))
            ]
        )
    }


def test_only_the_auditor_looks_at_workflows_and_ends_them():
    for action in (
        "states:DescribeExecution",
        "states:StopExecution",
        "states:ListExecutions",
        "states:SendTaskHeartbeat",
    ):
        assert list(who_may(action)) == ["AuditReportsFunction"], action
    assert set(who_may("states:StartExecution")) == {
        "AuditReportsFunction",
        "ReceiveWebhookFunction",
    }
    (ended,) = who_may("states:StopExecution")["AuditReportsFunction"]
    assert "execution:${ReportWorkflow.Name}:" in ended


def test_only_what_tells_people_about_a_report_or_a_block_writes_to_the_desk():
    to_desk = {name for name, where in who_may("sns:Publish").items() if "DeskTopic" in where}
    assert to_desk == {
        "NotifyRespondersFunction",
        "FollowUpReportFunction",
        "ReceiveWebhookFunction",  # an appeal against a block
    }


def test_only_enrolment_writes_responders_and_only_the_policy_is_read_by_who_assigns():
    for action in ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"):
        writers = {n for n, where in who_may(action).items() if "RespondersTable.Arn" in where}
        assert writers == {"ReceiveWebhookFunction"}, action
    assert "SettingsTable.Arn" in who_may("dynamodb:GetItem")["AssignReportFunction"]
    assert "RespondersTable.Arn" not in who_may("dynamodb:Query").get("AssignReportFunction", [])


def test_the_webhook_may_look_whether_an_officers_words_went_to_a_reporter_before():
    assert "ReportsTable.Arn" in who_may("dynamodb:Query")["ReceiveWebhookFunction"]
