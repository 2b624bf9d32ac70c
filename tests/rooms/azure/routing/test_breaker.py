import pytest

from worker.azure.routing.breaker import Breaker


def failed_at(*times_s: float) -> Breaker:
    breaker = Breaker()
    for now_s in times_s:
        breaker.begin(now_s)
        breaker.failed(now_s, began_s=now_s)
    return breaker


def probed(breaker: Breaker, now_s: float) -> Breaker:
    breaker.begin(now_s)
    return breaker


def test_failures_in_a_row_open_it() -> None:
    """Two failures are an accident, three are a state; it stays open for five seconds."""
    assert "closed" == failed_at(0, 1).state
    assert ("open", 5.0) == ((three := failed_at(0, 1, 2)).state, three.wait_s(2.0))


def test_an_answer_in_between_begins_anew() -> None:
    """Failures count while nothing else comes."""
    breaker = failed_at(0, 1)
    breaker.succeeded(began_s=2.0)
    breaker.failed(3.0, began_s=3.0)

    assert "closed" == breaker.state


def test_a_rate_limit_opens_it_at_once() -> None:
    """As long as the service says, but not for a day."""
    breaker = Breaker()
    breaker.limited(1.0, 20.0, began_s=0.0)
    day = Breaker()
    day.limited(1.0, 86_400.0, began_s=0.0)

    assert ("open", 20.0, 0.0) == (breaker.state, breaker.wait_s(1.0), breaker.wait_s(21.0))
    assert (600.0, True) == (day.wait_s(1.0), day.is_limited)


def test_of_several_refusals_the_longest_holds() -> None:
    """Calls that were under way together are refused one after the other."""
    breaker = Breaker()
    breaker.limited(10.0, 5.0, began_s=1.0)
    breaker.limited(11.0, 20.0, began_s=1.0)
    breaker.limited(12.0, 1.0, began_s=1.0)

    assert 19.0 == breaker.wait_s(12.0)


def test_one_call_probes_and_closes_it() -> None:
    """While the probe is under way others stay away; its answer opens the way for all."""
    breaker = probed(failed_at(0, 1, 2), 7.0)

    assert ("half-open", 1.0) == (breaker.state, breaker.wait_s(7.0))
    breaker.succeeded(began_s=7.0)
    assert ("closed", 0.0) == (breaker.state, breaker.wait_s(8.0))


def test_each_probe_that_fails_doubles_the_time() -> None:
    """Five, ten, twenty, forty, sixty seconds, and no more."""
    breaker, now_s, waits_s = failed_at(0, 1, 2), 2.0, list[float]()
    for _ in range(6):
        waits_s.append(breaker.wait_s(now_s))
        now_s += waits_s[-1]
        breaker.begin(now_s)
        breaker.failed(now_s, began_s=now_s)

    assert [5, 10, 20, 40, 60, 60] == waits_s


def test_a_probe_that_is_broken_off_leaves_its_place() -> None:
    """The next call probes."""
    breaker = probed(failed_at(0, 1, 2), 7.0)
    breaker.let_go(began_s=7.0)

    assert ("open", 0.0) == (breaker.state, breaker.wait_s(7.0))


def test_a_probe_that_hangs_is_not_waited_for_forever() -> None:
    """After half a minute another one may go."""
    breaker = probed(failed_at(0, 1, 2), 7.0)

    assert [1.0, 0.5, 0.0] == [breaker.wait_s(now_s) for now_s in (7.0, 36.5, 37.0)]


@pytest.mark.parametrize("tells", ["succeeded", "failed", "let_go"])
def test_what_was_under_way_before_says_nothing(tells: str) -> None:
    """A call from before it opened neither closes it nor ends another's probe."""
    breaker = probed(failed_at(0, 1, 2), 7.0)
    if tells == "failed":
        breaker.failed(8.0, began_s=1.5)
    else:
        getattr(breaker, tells)(began_s=1.5)

    assert "half-open" == breaker.state
