"""Every client of AWS gives up: none of the calls may wait for ever."""

import pytest

from ess import bootstrap
from ess.adapters.dynamodb.table import connect


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")  # else botocore asks the machine's role
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")


@pytest.mark.parametrize("service", ["ssm", "sns", "sqs", "stepfunctions"])
def test_a_client_has_time_outs_and_few_attempts(service):
    config = bootstrap._client.__wrapped__(service).meta.config
    assert config.connect_timeout <= 1
    assert config.read_timeout <= 2
    assert config.retries["total_max_attempts"] <= 2


def test_dynamodb_has_time_outs_and_few_attempts():
    config = connect.__wrapped__().client.meta.config
    assert config.connect_timeout <= 1
    assert config.read_timeout <= 2
    assert config.retries["total_max_attempts"] <= 3
