"""Settings from the environment: typed, and read once, when first needed.

A function is given only the variables it uses; asking for one that is missing says which.
"""

import os
from collections.abc import Mapping
from functools import cached_property


class SettingMissing(RuntimeError):
    """An environment variable that this function needs is not set, or not of its type."""


class Settings:
    """The environment's settings, each read at its first use.

    Args:
        environment: where to read from; the process's own by default.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment

    def _text(self, name: str, default: str | None = None) -> str:
        value = self._environment.get(name) or default
        if value is None:
            raise SettingMissing(f"{name} is not set")
        return value

    def _whole(self, name: str) -> int:
        value = self._text(name)
        if not value.isdecimal():
            raise SettingMissing(f"{name} is not a whole number")
        return int(value)

    @cached_property
    def conversations_table(self) -> str:
        """Name of the table of conversations."""
        return self._text("ESS_CONVERSATIONS_TABLE")

    @cached_property
    def reports_table(self) -> str:
        """Name of the table of reports and timelines."""
        return self._text("ESS_REPORTS_TABLE")

    @cached_property
    def stations_table(self) -> str:
        """Name of the table of stations."""
        return self._text("ESS_STATIONS_TABLE")

    @cached_property
    def responders_table(self) -> str:
        """Name of the table of responders."""
        return self._text("ESS_RESPONDERS_TABLE")

    @cached_property
    def stage(self) -> str:
        """Name of the stage."""
        return self._text("ESS_STAGE")

    @cached_property
    def invitations_table(self) -> str:
        """Name of the table of invitations to join a unit."""
        return self._text("ESS_INVITATIONS_TABLE")

    @cached_property
    def settings_table(self) -> str:
        """Name of the table of what operators set for the whole service."""
        return self._text("ESS_SETTINGS_TABLE")

    @cached_property
    def station_files_bucket(self) -> str:
        """Name of the bucket that stations are imported from."""
        return self._text("ESS_STATION_FILES_BUCKET")

    @cached_property
    def import_stations_function(self) -> str:
        """Name of the function that imports stations."""
        return self._text("ESS_IMPORT_STATIONS_FUNCTION")

    @cached_property
    def state_machine_arn(self) -> str:
        """ARN of the workflow that carries a report."""
        return self._text("ESS_STATE_MACHINE_ARN")

    @cached_property
    def rejected_queue_url(self) -> str:
        """URL of the queue of webhook events that nobody can handle."""
        return self._text("ESS_REJECTED_QUEUE_URL")

    @cached_property
    def media_bucket(self) -> str:
        """Name of the bucket of files that people add to reports."""
        return self._text("ESS_MEDIA_BUCKET")

    @cached_property
    def media_queue_url(self) -> str:
        """URL of the queue of such files that are still to be fetched."""
        return self._text("ESS_MEDIA_QUEUE_URL")

    @cached_property
    def line_endpoint(self) -> str:
        """Base URL of LINE's API, without a slash at the end."""
        return self._text("ESS_LINE_ENDPOINT", "https://api.line.me").rstrip("/")

    @cached_property
    def line_data_endpoint(self) -> str:
        """Base URL of LINE's data API (pictures, content), without a slash at the end."""
        return self._text("ESS_LINE_DATA_ENDPOINT", "https://api-data.line.me").rstrip("/")

    @cached_property
    def line_secret_parameter(self) -> str:
        """Name of the SSM parameter that holds the channel secret."""
        return self._text("ESS_LINE_SECRET_PARAMETER")

    @cached_property
    def line_token_parameter(self) -> str:
        """Name of the SSM parameter that holds the channel access token."""
        return self._text("ESS_LINE_TOKEN_PARAMETER")

    @cached_property
    def link_secret_parameter(self) -> str:
        """Name of the SSM parameter that holds what officers' links are signed with."""
        return self._text("ESS_LINK_SECRET_PARAMETER")

    @cached_property
    def link_base_url(self) -> str:
        """Where the page behind an officer's link is served, without a slash at the end."""
        return self._text("ESS_LINK_BASE_URL").rstrip("/")

    @cached_property
    def desk_topic_arn(self) -> str:
        """ARN of the SNS topic that the desk's e-mail address is subscribed to."""
        return self._text("ESS_DESK_TOPIC_ARN")

    @cached_property
    def sms_sender_id(self) -> str:
        """Registered sender name of our SMS (3 to 11 letters and digits)."""
        return self._text("ESS_SMS_SENDER_ID")

    @cached_property
    def grace_s(self) -> int:
        """Seconds that an opened report waits for a phone number."""
        return self._whole("ESS_GRACE_SECONDS")

    @cached_property
    def acknowledge_s(self) -> int:
        """Seconds that "acknowledge" means in a policy: how long units have to accept."""
        return self._whole("ESS_ACKNOWLEDGE_SECONDS")

    @cached_property
    def desk_s(self) -> int:
        """Seconds that "desk" means in a policy: after which the desk is asked again."""
        return self._whole("ESS_DESK_SECONDS")

    @cached_property
    def progress_s(self) -> int:
        """Seconds within which an accepted report should show progress."""
        return self._whole("ESS_PROGRESS_SECONDS")
