"""The only place that builds adapters. Each is built once, when first asked for.

The imports stand inside the functions on purpose: a Lambda loads what it asks for and nothing else.
"""

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from ess.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ess.adapters.html.answer_page import AnswerPage
    from ess.adapters.line.credentials import LineCredentials
    from ess.adapters.line.webhook import LineWebhook
    from ess.adapters.links.secrets import LinkSecrets
    from ess.adapters.staging.sqlite import SqliteStaging
    from ess.domain.lexicon import Lexicon
    from ess.domain.policy import Policy
    from ess.domain.report import Report
    from ess.domain.understanding import Understood
    from ess.ports.clock import Clock
    from ess.ports.conversations import Conversations
    from ess.ports.desk_mail import DeskMail
    from ess.ports.enrolments import Enrolments
    from ess.ports.invitations import Invitations
    from ess.ports.links import OfficerLinks
    from ess.ports.media import MediaStore, MessageContent, Pictures
    from ess.ports.media_queue import MediaQueue
    from ess.ports.menu_shelf import MenuShelf
    from ess.ports.menus import Menus
    from ess.ports.messenger import Messenger
    from ess.ports.profiles import Profiles
    from ess.ports.rejected_events import RejectedEvents
    from ess.ports.reports import Reports
    from ess.ports.responders import Responders
    from ess.ports.settings_store import SettingsStore
    from ess.ports.sms import Sms
    from ess.ports.station_files import StationFiles
    from ess.ports.station_index import StationIndex
    from ess.ports.stations import DirectoryArchive, StationDirectory
    from ess.ports.workflow import Workflow
    from ess.usecases.current_policy import PolicyInForce
    from ess.usecases.receive_officer_event import Officers
    from ess.usecases.send_messages import MessagesAbout, Sent
    from ess.usecases.take_note import Notes


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
def _client(
    service: str, attempts: int = 2, read_timeout_s: int = 2, signature: str | None = None
) -> Any:
    """Return a client with short timeouts: LINE waits 2 s, and a retry beats a long wait."""
    from botocore.config import Config

    config = Config(
        connect_timeout=1,
        read_timeout=read_timeout_s,
        retries={"mode": "standard", "total_max_attempts": attempts},
        signature_version=signature,
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
def invitations() -> "Invitations":
    """Return the invitations to join a unit."""
    from ess.adapters.dynamodb.invitations import DynamoInvitations

    return DynamoInvitations(settings().invitations_table)


@cache
def enrolments() -> "Enrolments":
    """Return what stores an officer's conversation with what it changes."""
    from ess.adapters.dynamodb.enrolments import DynamoEnrolments

    tables = settings()
    return DynamoEnrolments(
        tables.conversations_table, tables.responders_table, tables.invitations_table
    )


def officers(observe: "Callable[[str], None]") -> "Officers":
    """Return what takes officers' messages in the webhook; `observe` is told what happened."""
    from ess.usecases.receive_officer_event import Officers

    return Officers(
        conversations=conversations(),
        responders=responders(),
        invitations=invitations(),
        enrolments=enrolments(),
        messenger=webhook_messenger(),
        sms=webhook_sms,
        menus=menus,
        draw_code=_draw_code,
        observe=observe,
    )


def notes() -> "Notes":
    """Return what takes officers' notes in the webhook."""
    from ess.usecases.take_note import Notes

    return Notes(
        conversations(), reports(), responders(), media_queue, relay_messenger(), understander()
    )


def _draw_code() -> str:
    from secrets import randbelow

    return f"{randbelow(1_000_000):06}"


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
def understander() -> "Callable[[str], Understood]":
    """Return what tells what a text says; its phrases are read when the first text comes."""
    from ess.domain.understanding import understand

    return lambda text: understand(text, _lexicon())


@cache
def _lexicon() -> "Lexicon":
    """Return the phrases that people use."""
    from ess.domain.lexicon import read_lexicon
    from ess.messages import catalogue

    return read_lexicon(catalogue.load("lexicon"))


@cache
def webhook_messenger() -> "Messenger":
    """Return the light LINE client that the webhook answers with."""
    from ess.adapters.line.wire import WireMessenger

    return WireMessenger(settings().line_endpoint, line_credentials())


@cache
def relay_messenger() -> "Messenger":
    """Return the same for what is pushed before the webhook answers; it waits less."""
    from ess.adapters.line.wire import RELAY_CONNECT_S, RELAY_READ_S, WireMessenger

    return WireMessenger(
        settings().line_endpoint,
        line_credentials(),
        connect_s=RELAY_CONNECT_S,
        read_s=RELAY_READ_S,
    )


@cache
def worker_messenger() -> "Messenger":
    """Return the LINE client of the workers, line-bot-sdk's."""
    from ess.adapters.line.sdk import SdkMessenger

    return SdkMessenger(settings().line_endpoint, line_credentials())


@cache
def settings_store() -> "SettingsStore":
    """Return what operators set for the whole service."""
    from ess.adapters.dynamodb.settings import DynamoSettings

    return DynamoSettings(settings().settings_table)


@cache
def _policy_in_force() -> "PolicyInForce":
    """Return what knows the escalation policy, and reads it once a minute at most."""
    from ess.policies import builtin
    from ess.usecases.current_policy import PolicyInForce

    return PolicyInForce(settings_store(), builtin.load(), policy_times(), clock())


def policy_times() -> dict[str, int]:
    """Return the seconds of each name that a wait in a policy may have."""
    return {"acknowledge": settings().acknowledge_s, "desk": settings().desk_s}


def policy(tell: "Callable[[str], None]") -> "tuple[Policy, str]":
    """Return the escalation policy in force and its version; it raises nothing for a bad one.

    Args:
        tell: called with the reason when it is not the one that was loaded last.
    """
    return _policy_in_force().read(tell)


@cache
def menu_shelf() -> "MenuShelf":
    """Return the account's rich menus, for operators: nobody in danger waits for it."""
    from ess.adapters.line.calls import LineCalls
    from ess.adapters.line.menu_shelf import LineMenuShelf

    patient = {"connect_s": 3.0, "read_s": 30.0}
    return LineMenuShelf(
        LineCalls(settings().line_endpoint, line_credentials(), **patient),
        LineCalls(settings().line_data_endpoint, line_credentials(), **patient),
    )


@cache
def profiles() -> "Profiles":
    """Return what LINE knows of people; light and impatient, for the webhook."""
    from ess.adapters.line.calls import LineCalls
    from ess.adapters.line.profiles import CONNECT_S, READ_S, LineProfiles

    hasty = LineCalls(
        settings().line_endpoint, line_credentials(), connect_s=CONNECT_S, read_s=READ_S
    )
    return LineProfiles(hasty)


def known_language(line_user_id: str) -> str | None:
    """Return which of our languages a person uses LINE in; None for any other.

    Raises:
        TemporaryFailure, PermanentFailure: LINE did not answer, or refuses.
    """
    from ess.messages import catalogue

    return catalogue.known_language(profiles().language(line_user_id))


@cache
def menus() -> "Menus":
    """Return what gives a person a rich menu; light, for the webhook."""
    from ess.adapters.line.calls import LineCalls
    from ess.adapters.line.menus import CONNECT_S, READ_S, LineMenus

    hasty = LineCalls(
        settings().line_endpoint, line_credentials(), connect_s=CONNECT_S, read_s=READ_S
    )
    return LineMenus(hasty, settings_store())


@cache
def sms() -> "Sms":
    """Return the SMS sender."""
    from ess.adapters.sms.sns import SnsSms

    # One attempt: after a lost answer a second one would be a second SMS.
    return SnsSms(_client("sns", attempts=1), settings().sms_sender_id)


@cache
def webhook_sms() -> "Sms":
    """Return the SMS sender of the webhook: one try, LINE waits 2 s and a person can ask again."""
    from ess.adapters.sms.sns import SnsSms

    client = _client("sns", attempts=1, read_timeout_s=1)
    return SnsSms(client, settings().sms_sender_id, pauses_s=())


@cache
def desk_mail() -> "DeskMail":
    """Return the desk's e-mail."""
    from ess.adapters.email.sns import SnsDeskMail

    return SnsDeskMail(_client("sns", attempts=1), settings().desk_topic_arn)


@cache
def webhook_desk_mail() -> "DeskMail":
    """Return the desk's e-mail for the webhook: LINE waits 2 s, and the timeline has it anyway."""
    from ess.adapters.email.sns import SnsDeskMail

    client = _client("sns", attempts=1, read_timeout_s=1)
    return SnsDeskMail(client, settings().desk_topic_arn)


def messages_about(observe: "Callable[[Sent], None]") -> "Callable[[Report], MessagesAbout]":
    """Return what sends messages about a report, on all channels; `observe` is told of each."""
    from ess.usecases.send_messages import MessagesAbout

    return partial(
        MessagesAbout,
        reports=reports(),
        messenger=worker_messenger(),
        sms=sms(),
        desk_mail=desk_mail(),
        clock=clock(),
        observe=observe,
    )


@cache
def _link_secrets() -> "LinkSecrets":
    """Return what officers' links are signed with."""
    from ess.adapters.links.secrets import LinkSecrets

    return LinkSecrets(_client("ssm"), settings().link_secret_parameter)


@cache
def officer_links() -> "OfficerLinks":
    """Return what makes the links of an SMS."""
    from ess.adapters.links.signed import SignedLinks

    return SignedLinks(_link_secrets(), settings().link_base_url)


@cache
def link_reader() -> "OfficerLinks":
    """Return what reads links that come back; the page does not know its own address."""
    from ess.adapters.links.signed import SignedLinks

    return SignedLinks(_link_secrets(), "")


@cache
def answer_page() -> "AnswerPage":
    """Return what renders the page behind an officer's link."""
    from ess.adapters.html.answer_page import AnswerPage

    return AnswerPage()


@cache
def waiting_workflow() -> "Workflow":
    """Return the workflow engine for those who wake a waiting report and start none.

    The page's API is named in messages that the workflow sends, so it cannot name the workflow.
    """
    from ess.adapters.stepfunctions.workflow import StepFunctionsWorkflow

    return StepFunctionsWorkflow(_client("stepfunctions"), "")


@cache
def workflow() -> "Workflow":
    """Return the workflow engine."""
    from ess.adapters.stepfunctions.workflow import StepFunctionsWorkflow

    return StepFunctionsWorkflow(_client("stepfunctions"), settings().state_machine_arn)


@cache
def message_content() -> "MessageContent":
    """Return what fetches the files that people sent in messages."""
    from ess.adapters.line.content import LineContent

    return LineContent(settings().line_data_endpoint, line_credentials())


@cache
def pictures() -> "Pictures":
    """Return what makes pictures safe to pass on; its library is in a layer of its own."""
    from ess.adapters.media.pictures import PillowPictures

    return PillowPictures()


@cache
def media_store() -> "MediaStore":
    """Return where the files of reports are kept."""
    from ess.adapters.s3.media import S3MediaStore

    # Links signed the old way are refused in most regions.
    client = _client("s3", attempts=3, read_timeout_s=10, signature="s3v4")
    return S3MediaStore(client, settings().media_bucket)


@cache
def media_queue() -> "MediaQueue":
    """Return the queue of files that are still to be fetched; light, for the webhook."""
    from ess.adapters.sqs.media_queue import SqsMediaQueue

    return SqsMediaQueue(_client("sqs"), settings().media_queue_url)


@cache
def rejected_events() -> "RejectedEvents":
    """Return the queue of events that nobody can handle."""
    from ess.adapters.sqs.rejected_events import SqsRejectedEvents

    return SqsRejectedEvents(_client("sqs"), settings().rejected_queue_url)
