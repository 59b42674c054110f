"""Find a deployed stack's tables, so that an operator need not name them."""

import os

from ess.domain.errors import EssError

VARIABLES = {
    "ConversationsTable": "ESS_CONVERSATIONS_TABLE",
    "ReportsTable": "ESS_REPORTS_TABLE",
    "StationsTable": "ESS_STATIONS_TABLE",
    "RespondersTable": "ESS_RESPONDERS_TABLE",
}
"""Which setting each output of the stack fills."""

NEWER = {
    "StationFilesBucket": "ESS_STATION_FILES_BUCKET",
    "ImportStationsFunction": "ESS_IMPORT_STATIONS_FUNCTION",
    "InvitationsTable": "ESS_INVITATIONS_TABLE",
    "SettingsTable": "ESS_SETTINGS_TABLE",
    "MediaBucket": "ESS_MEDIA_BUCKET",
    "LineEndpoint": "ESS_LINE_ENDPOINT",
    "LineDataEndpoint": "ESS_LINE_DATA_ENDPOINT",
    "LineSecretParameter": "ESS_LINE_SECRET_PARAMETER",
    "LineTokenParameter": "ESS_LINE_TOKEN_PARAMETER",
    "Stage": "ESS_STAGE",
}
"""The same of outputs that a stack deployed long ago does not have: all else works without."""

PARAMETERS = {
    "AcknowledgeSeconds": "ESS_ACKNOWLEDGE_SECONDS",
    "DeskSeconds": "ESS_DESK_SECONDS",
}
"""Which setting each parameter of the stack fills, where the stack has it."""


class StackUnusable(EssError):
    """The stack cannot be read, or is none of ours; the message says which."""


def enter_stack(name: str) -> None:
    """Make this process work on the stack `name`: its outputs become settings.

    Raises:
        StackUnusable: it does not exist, may not be read, or has no such outputs.
    """
    # Imported here: without --stack nothing needs boto3.
    import boto3  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        answer = boto3.client("cloudformation").describe_stacks(StackName=name)
    except (BotoCoreError, ClientError) as error:
        raise StackUnusable(f"stack {name}: {error}") from error
    outputs = {
        output["OutputKey"]: output["OutputValue"]
        for output in answer["Stacks"][0].get("Outputs", [])
    }
    missing = sorted(VARIABLES.keys() - outputs.keys())
    if missing:
        raise StackUnusable(f"stack {name} has no output {', '.join(missing)}")
    settings = VARIABLES | NEWER
    os.environ.update({variable: outputs.get(key, "") for key, variable in settings.items()})
    given = {one["ParameterKey"]: one for one in answer["Stacks"][0].get("Parameters", [])}
    for key, variable in PARAMETERS.items():
        os.environ[variable] = given.get(key, {}).get("ParameterValue", "")
