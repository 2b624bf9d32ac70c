"""How many attacks there are, each an idea or a channel of its own."""

from tests.attacks.secrets import test_echoes, test_forbidden, test_places, test_reports

_AT_LEAST_ON_SECRETS = 60


def test_there_are_enough_on_secrets() -> None:
    """At least sixty; the tables' keys are their ideas, so none stands there twice."""
    names: list[str] = [*test_places.ATTACKS, *test_forbidden.ATTACKS, *test_echoes.ATTACKS, *test_reports.ATTACKS]

    assert len(set(names)) == len(names)
    assert len(names) >= _AT_LEAST_ON_SECRETS
