"""The only place that builds adapters. Each is built once, when first asked for.

The imports stand inside the functions on purpose: a Lambda loads what it asks for and nothing else.
"""

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from ess.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ess.adapters.line.credentials import LineCredentials
    from ess.adapters.line.webhook import LineWebhook
    from ess.adapters.staging.sqlite import SqliteStaging
    from ess.domain.report import Report
    from ess.ports.clock import Clock
    from ess.ports.conversations import Conversations
    from ess.ports.messenger import Messenger
    from ess.ports.rejected_events import RejectedEvents
    from ess.ports.reports import Reports
    from ess.ports.responders import Responders
    from ess.ports.sms import Sms
    from ess.ports.station_files import StationFiles
    from ess.ports.station_index import StationIndex
    from ess.ports.stations import DirectoryArchive, StationDirectory
    from ess.ports.workflow import Workflow
    from ess.usecases.send_messages import MessagesAbout, Sent


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()


@cache
def clock() -> "Clock":
    """Return the machine's clock."""
    from ess.adapters.clock import SystemClock

    return SystemClock()


@cache
def _session() -> Any:
    """Return the one botocore session: each new one reads botocore's data again."""
    from botocore.session import get_session

    return get_session()


@cache
def _client(service: str, attempts: int = 2, read_timeout_s: int = 2) -> Any:
    """Return a client with short timeouts: LINE waits 2 s, and a retry beats a long wait."""
    from botocore.config import Config

    config = Config(
        connect_timeout=1,
        read_timeout=read_timeout_s,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return _session().create_client(service, config=config)


@cache
def conversations() -> "Conversations":
    """Return the conversations."""
    from ess.adapters.dynamodb.conversations import DynamoConversations

    return DynamoConversations(settings().conversations_table, settings().reports_table)


@cache
def reports() -> "Reports":
    """Return the reports."""
    from ess.adapters.dynamodb.reports import DynamoReports

    return DynamoReports(settings().reports_table, settings().conversations_table)


@cache
def responders() -> "Responders":
    """Return the responders."""
    from ess.adapters.dynamodb.responders import DynamoResponders

    return DynamoResponders(settings().responders_table)


@cache
def station_directory() -> "StationDirectory":
    """Return the directory of stations, for those who only read it."""
    return station_archive()


@cache
def station_archive() -> "DirectoryArchive":
    """Return where directories of stations are published."""
    from ess.adapters.dynamodb.stations import DynamoStationDirectory

    return DynamoStationDirectory(settings().stations_table)


@cache
def station_index(processes: int | None = None) -> "StationIndex":
    """Return what makes the leaves of a directory.

    Args:
        processes: how many to use; by default as many as there are processors.
    """
    from ess.indexing.index import LeafIndex

    return LeafIndex(processes)


def station_staging() -> "SqliteStaging":
    """Return a place on disk for the rows of one import."""
    from ess.adapters.staging.sqlite import SqliteStaging

    return SqliteStaging()


@cache
def station_files() -> "StationFiles":
    """Return the files of stations in the stack's bucket."""
    from ess.adapters.s3.station_files import S3StationFiles

    # Nobody in danger waits for it: a large file may take its time.
    client = _client("s3", attempts=3, read_timeout_s=30)
    return S3StationFiles(client, settings().station_files_bucket)


@cache
def line_credentials() -> "LineCredentials":
    """Return the channel's secret and token."""
    from ess.adapters.line.credentials import LineCredentials

    return LineCredentials(
        _client("ssm"), settings().line_secret_parameter, settings().line_token_parameter
    )


@cache
def line_webhook() -> "LineWebhook":
    """Return what opens LINE's deliveries."""
    from ess.adapters.line.webhook import LineWebhook

    return LineWebhook(line_credentials())


@cache
def phone_reader() -> "Callable[[str], str | None]":
    """Return what finds an E.164 number in a text."""
    from ess.adapters.phone import read_phone

    return read_phone


@cache
def webhook_messenger() -> "Messenger":
    """Return the light LINE client that the webhook answers with."""
    from ess.adapters.line.wire import WireMessenger

    return WireMessenger(settings().line_endpoint, line_credentials())


@cache
def worker_messenger() -> "Messenger":
    """Return the LINE client of the workers, line-bot-sdk's."""
    from ess.adapters.line.sdk import SdkMessenger

    return SdkMessenger(settings().line_endpoint, line_credentials())


@cache
def sms() -> "Sms":
    """Return the SMS sender."""
    from ess.adapters.sms.sns import SnsSms

    # One attempt: after a lost answer a second one would be a second SMS.
    return SnsSms(_client("sns", attempts=1), settings().sms_sender_id)


def messages_about(observe: "Callable[[Sent], None]") -> "Callable[[Report], MessagesAbout]":
    """Return what sends messages about a report, on all channels; `observe` is told of each."""
    from ess.usecases.send_messages import MessagesAbout

    return partial(
        MessagesAbout,
        reports=reports(),
        messenger=worker_messenger(),
        sms=sms(),
        clock=clock(),
        observe=observe,
    )


@cache
def workflow() -> "Workflow":
    """Return the workflow engine."""
    from ess.adapters.stepfunctions.workflow import StepFunctionsWorkflow

    return StepFunctionsWorkflow(_client("stepfunctions"), settings().state_machine_arn)


@cache
def rejected_events() -> "RejectedEvents":
    """Return the queue of events that nobody can handle."""
    from ess.adapters.sqs.rejected_events import SqsRejectedEvents

    return SqsRejectedEvents(_client("sqs"), settings().rejected_queue_url)
