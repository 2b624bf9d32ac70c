"""How many attacks there are, each an idea or a channel of its own."""

from tests.attacks.network import test_answers, test_headers, test_reach
from tests.attacks.secrets import test_echoes, test_forbidden, test_places, test_reports

_AT_LEAST_ON_SECRETS = 60
_AT_LEAST_ON_THE_NETWORK = 40


def test_there_are_enough_on_secrets() -> None:
    """At least sixty; the tables' keys are their ideas, so none stands there twice."""
    names: list[str] = [*test_places.ATTACKS, *test_forbidden.ATTACKS, *test_echoes.ATTACKS, *test_reports.ATTACKS]

    assert len(set(names)) == len(names)
    assert len(names) >= _AT_LEAST_ON_SECRETS


def test_there_are_enough_on_the_network() -> None:
    """At least forty, likewise."""
    on_headers: list[str] = [*test_headers.LINES, *test_headers.FRAMING, *test_headers.PATHS, *test_headers.HOSTS]
    on_reach: list[str] = [*test_reach.DISGUISES, *test_reach.REDIRECTS, *test_reach.CERTIFICATES]
    names = [*on_headers, *on_reach, *test_answers.ATTACKS]

    assert len(set(names)) == len(names)
    assert len(names) >= _AT_LEAST_ON_THE_NETWORK
