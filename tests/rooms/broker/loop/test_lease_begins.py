from collections.abc import Callable

import pytest

from tests.rooms.broker.fake_gateway import FakeGateway, a_job
from worker.broker import GatewayError, GatewayUnavailable, JobGone, NotLeased, NotSupported, Timing
from worker.broker.loop.lease import Lease, LeaseKeeper
from worker.job import Job


def a_keeper(fake: FakeGateway, *, lease_of: Callable[[Job], float | None] = lambda _: None) -> LeaseKeeper:
    """Keeps leases of 60 s; it is 0."""
    return LeaseKeeper(fake, lease_s=60, lease_of=lease_of, timing=Timing(clock=lambda: 0.0))


@pytest.mark.parametrize(
    ("deadline_s", "renewals"),
    [
        pytest.param(60, 0, id="fresh"),
        pytest.param(20, 0, id="a third is left"),
        pytest.param(19, 1, id="less"),
        pytest.param(1, 1, id="nearly over"),
    ],
)
async def test_a_lease_that_is_nearly_over_is_renewed_first(
    deadline_s: float, renewals: int, fake: FakeGateway
) -> None:
    """No call begins that its lease would not outlive; a fresh lease costs no command."""
    lease = Lease(a_job(7, deadline_s=deadline_s))

    assert await a_keeper(fake).begin(lease)
    assert [("extend", 7, 60)] * renewals == fake.said


@pytest.mark.parametrize(
    ("trouble", "deadline_s", "begins"),
    [
        pytest.param(JobGone("no such job"), 15, False, id="gone"),
        pytest.param(NotLeased("not active"), 15, False, id="leased to nobody"),
        pytest.param(GatewayUnavailable("no answer"), 15, True, id="unclear, with enough left"),
        pytest.param(GatewayUnavailable("no answer"), 5, False, id="unclear, with too little left"),
        pytest.param(NotSupported("no such command"), 15, True, id="an old broker"),
    ],
)
async def test_a_renewal_that_fails(
    trouble: GatewayError, deadline_s: float, fake: FakeGateway, *, begins: bool
) -> None:
    """The job is begun only if it is ours for long enough all the same."""
    fake.troubles["extend"].append(trouble)

    assert begins is await a_keeper(fake).begin(Lease(a_job(7, deadline_s=deadline_s)))


@pytest.mark.parametrize(("wanted_s", "lease_s"), [(300.0, 300.0), (20.0, 20.0), (0.5, 5.0)])
async def test_a_job_has_a_lease_of_its_own(wanted_s: float, lease_s: float, fake: FakeGateway) -> None:
    """A lease of another length is asked for before the call, and ends then, be it sooner or later."""
    lease = Lease(a_job(7, deadline_s=60))

    assert await a_keeper(fake, lease_of=lambda _: wanted_s).begin(lease)
    assert [("extend", 7, lease_s)] == fake.said
    assert lease_s == lease.ends_s
