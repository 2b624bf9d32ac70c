"""The model or its configuration is wrong: nobody but a person can mend it."""

from worker.errors.base import ConnectorError

__all__ = [
    "AddressNotAllowed",
    "DocumentNotStored",
    "ExpressionError",
    "InputError",
    "ResultTooLarge",
    "SecretError",
    "SignInRefused",
    "TaskError",
]


class TaskError(ConnectorError):
    """The task, its process or its configuration is wrong; waiting does not mend it."""


class InputError(TaskError):
    """A field of the task is missing, unknown or out of range. The text names it, what it got and what it wanted."""

    reason = "INVALID_INPUT"

    def __init__(self, *, path: str, got: str, wanted: str) -> None:
        self.path = path
        self.got = got
        self.wanted = wanted
        super().__init__(f"{path}: got {got}, wanted {wanted}")


class SecretError(TaskError):
    """A secret that the task names is not available to it. Create it, or correct its name."""

    reason = "SECRET_NOT_AVAILABLE"

    def __init__(self, *, name: str, path: str, wanted: str) -> None:
        self.name = name
        self.path = path
        super().__init__(f"{path}: the secret '{name}' is not available; {wanted}")


class AddressNotAllowed(TaskError):
    """The endpoint leads into a network that the operator has closed. Nothing was sent."""

    reason = "ADDRESS_NOT_ALLOWED"


class SignInRefused(TaskError):
    """Microsoft Entra ID does not let the connection's identity in. Its own text says why."""

    reason = "SIGN_IN_REFUSED"


class ExpressionError(TaskError):
    """A result or error expression is not FEEL, or gives something of the wrong kind. The text says where."""

    reason = "INVALID_EXPRESSION"


class ResultTooLarge(TaskError):
    """The result is larger than the broker takes. Map only what is needed; let files go to WORKER_DOCUMENT_FOLDER."""

    reason = "RESULT_TOO_LARGE"


class DocumentNotStored(TaskError):
    """A file was generated and could not be written to WORKER_DOCUMENT_FOLDER. Check space and permissions there."""

    reason = "DOCUMENT_NOT_STORED"
