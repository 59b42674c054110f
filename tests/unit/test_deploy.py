"""What `make deploy` makes sure of before it deploys."""

import pytest
from botocore.exceptions import ClientError

from tools import deploy


class Ssm:
    """Parameter Store with what it holds, or the error that it answers with."""

    class exceptions:  # noqa: N801 - botocore's name
        class ParameterAlreadyExists(ClientError):
            pass

    def __init__(self, *names, error=None):
        self.names, self.error, self.stored = names, error, {}

    def put_parameter(self, **given):
        assert given["Overwrite"] is False
        if self.error:
            raise self.error
        if given["Name"] in self.names:
            raise self.exceptions.ParameterAlreadyExists({"Error": {}}, "PutParameter")
        self.stored[given["Name"]] = given


def ask(monkeypatch, ssm, name="/ess/dev/link-secret"):
    monkeypatch.setattr(deploy.boto3, "client", lambda service, region_name: ssm)
    deploy.require_link_secret("ap-southeast-1", name)


def test_the_secret_of_links_is_made_up_where_there_is_none(monkeypatch, capsys):
    first, second = Ssm(), Ssm()
    ask(monkeypatch, first)
    ask(monkeypatch, second)
    given = first.stored["/ess/dev/link-secret"]
    assert given["Type"] == "SecureString"
    assert len(given["Value"]) >= 48
    assert given["Value"] != second.stored["/ess/dev/link-secret"]["Value"]
    assert given["Value"] not in capsys.readouterr().out


def test_one_that_is_there_stays(monkeypatch, capsys):
    ssm = Ssm("/ess/dev/link-secret")
    ask(monkeypatch, ssm)
    assert ssm.stored == {}
    assert capsys.readouterr().out == ""


def test_a_refusal_is_told(monkeypatch):
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutParameter")
    with pytest.raises(deploy.NotReady, match="/ess/dev/link-secret"):
        ask(monkeypatch, Ssm(error=error))


@pytest.mark.parametrize("stage", deploy.STAGES)
def test_each_stage_has_a_secret_of_its_own(stage):
    chosen = deploy.parameters_of(stage, "arm64", "")
    assert chosen["LinkSecretParameter"] == f"/ess/{stage}/link-secret"
