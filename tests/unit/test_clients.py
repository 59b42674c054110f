"""Every client of AWS gives up: none of the calls may wait for ever."""

import pytest

from ess import bootstrap
from ess.adapters.dynamodb.table import connect
from ess.settings import Settings


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


STORES_S = 0.1
"""Seconds of a webhook that are left for the stores while LINE is as slow as we let it be."""


@pytest.fixture
def line(monkeypatch):
    """The clients of LINE as the webhook builds them."""
    settings = Settings({"ESS_LINE_ENDPOINT": "http://127.0.0.1:9", "ESS_SETTINGS_TABLE": "s"})
    monkeypatch.setattr(bootstrap, "settings", lambda: settings)
    for name in ("line_credentials", "settings_store"):
        monkeypatch.setattr(bootstrap, name, object)
    return {
        "answer": bootstrap.webhook_messenger.__wrapped__()._calls,
        "relay": bootstrap.relay_messenger.__wrapped__()._calls,
        "profile": bootstrap.profiles.__wrapped__()._calls,
        "menu": bootstrap.menus.__wrapped__()._calls,
    }


@pytest.mark.parametrize("beside", ["relay", "profile", "menu"])
def test_two_calls_of_line_fit_into_the_two_seconds_of_a_webhook(line, beside):
    def waits(client):
        timeout = client._pool.connection_pool_kw["timeout"]
        return timeout.connect_timeout + timeout.read_timeout

    assert waits(line["answer"]) + waits(line[beside]) + STORES_S <= 2


def test_dynamodb_has_time_outs_and_few_attempts():
    config = connect.__wrapped__().client.meta.config
    assert config.connect_timeout <= 1
    assert config.read_timeout <= 2
    assert config.retries["total_max_attempts"] <= 3
