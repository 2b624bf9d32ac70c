"""A gateway that is given, or missing."""

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import grpc
import pytest
from pyzeebe.proto import gateway_pb2 as pb

from worker.demo.broker import IN_MEMORY, Broker, BrokerError, BrokerOptions
from worker.demo.broker_ports import free_ports
from worker.demo.engines import docker
from worker.demo.engines.distribution import Shape
from worker.demo.progress import Phase, Step, silent

pytestmark = pytest.mark.may_block("grpc waits for its own thread when the last channel goes")


@dataclass
class Gateway:
    """Answers topology questions with each of *answers* once, then with the last one."""

    answers: list[pb.TopologyResponse]
    address: str = ""
    asked: int = field(default=0)

    async def topology(self, *_: object) -> pb.TopologyResponse:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]

    @property
    def handler(self) -> "grpc.GenericRpcHandler[pb.TopologyRequest, pb.TopologyResponse]":
        method = grpc.unary_unary_rpc_method_handler(
            self.topology,
            request_deserializer=pb.TopologyRequest.FromString,
            response_serializer=pb.TopologyResponse.SerializeToString,
        )
        return grpc.method_handlers_generic_handler("gateway_protocol.Gateway", {"Topology": method})


def topology(*healths: str, partitions: int = 1) -> pb.TopologyResponse:
    """A cluster of one broker that leads a partition of each of these healths."""
    known = pb.Partition.PartitionBrokerHealth
    led = [
        pb.Partition(partitionId=place, role=pb.Partition.LEADER, health=known.Value(health))
        for place, health in enumerate(healths, start=1)
    ]
    return pb.TopologyResponse(partitionsCount=partitions, brokers=[pb.BrokerInfo(partitions=led)])


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """A gateway that gets ready at the third question."""
    served = Gateway([topology(partitions=2), topology("HEALTHY", "UNHEALTHY", partitions=2)])
    served.answers.append(topology("HEALTHY", "HEALTHY", partitions=2))
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((served.handler,))
    served.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield served
    await server.stop(None)


async def test_a_given_one_is_used(gateway: Gateway) -> None:
    """A given gateway is used as soon as every partition has a healthy leader."""
    steps: list[Step] = []
    async with Broker(BrokerOptions(address=gateway.address), on_progress=steps.append) as broker:
        assert (gateway.address, False) == (broker.address, broker.is_ours)

    assert 3 == gateway.asked
    assert [Phase.START, Phase.READY] == [step.phase for step in steps]


async def test_a_given_one_is_not_ended(gateway: Gateway) -> None:
    """Whoever gave us a gateway ends it."""
    async with Broker(BrokerOptions(address=gateway.address)) as broker:
        with pytest.raises(BrokerError, match="not ours"):
            await broker.kill()


async def test_nobody_there() -> None:
    """A given gateway that does not answer is an error that names it."""
    (port,) = free_ports(1)
    options = BrokerOptions(address=f"127.0.0.1:{port}", ready_timeout_s=0.3)

    with pytest.raises(BrokerError, match="is not ready: no healthy leader"):
        await Broker(options).start()


async def test_not_started() -> None:
    """A broker that was never started has no address, and can be stopped."""
    broker = Broker(BrokerOptions(version=f"{IN_MEMORY}8.8.21"))
    with pytest.raises(BrokerError, match="not started"):
        _ = broker.address
    await broker.stop()

    assert not broker.keeps_data


async def test_no_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Docker engine that does not answer is soon given up."""
    (port,) = free_ports(1)
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")

    assert not await docker.answers()


class Containers:
    """Stands for testcontainers: keeps what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.status = "running"

    def DockerContainer(self, image: str) -> "Containers":  # noqa: N802 - named by testcontainers
        self.asked.append(image)
        return self

    def with_bind_ports(self, inside: int, outside: int) -> None:
        self.asked.append((inside, outside > 0))

    def with_envs(self, **variables: str) -> None:
        self.asked.append(variables["ZEEBE_BROKER_CLUSTER_PARTITIONSCOUNT"])

    def get_container_host_ip(self) -> str:
        return "localhost"

    def get_exposed_port(self, port: int) -> int:
        return port

    def get_wrapped_container(self) -> "Containers":
        return self

    def reload(self) -> None:
        self.asked.append("reload")

    def start(self) -> None:
        self.asked.append("start")
        self.status = "running"

    def kill(self) -> None:
        self.asked.append("kill")
        self.status = "exited"

    def stop(self) -> None:
        self.asked.append("stop")


async def test_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container of the asked version is started, killed, started again and removed."""
    containers = Containers()
    monkeypatch.setitem(sys.modules, "testcontainers.core.container", containers)
    engine = docker.DockerEngine("8.5.8", Shape(2), heap_mb=256)
    await engine.prepare(silent)
    await engine.kill()
    has_ended = engine.has_ended()
    await engine.start()
    await engine.discard()

    assert has_ended
    assert "localhost:26500" == engine.address
    assert ["camunda/zeebe:8.5.8", (26500, True), "2", "start", "kill", "reload", "start", "stop"] == containers.asked


async def test_docker_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Docker says when it cannot run the image becomes an error of the broker's."""
    monkeypatch.setitem(sys.modules, "testcontainers.core.container", None)

    with pytest.raises(BrokerError, match=r"Docker cannot run camunda/zeebe:8\.5\.8"):
        await docker.DockerEngine("8.5.8", Shape(), heap_mb=256).prepare(silent)
