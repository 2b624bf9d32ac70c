"""What operators are told is what there is."""

from tests.house.tree import ROOT
from worker.errors import leaves
from worker.telemetry.metrics import Metrics
from worker.telemetry.metrics.exposition import exposed_name


def test_every_metric_is_explained() -> None:
    """The guide for operators names each metric, in full or, after another one, by its end."""
    guide = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    metrics = Metrics(version="1", permits=1)
    metrics.read_deployments(list)
    names = [exposed_name(each.described, each.kind) for each in metrics.instruments]

    said = {name: (f"`{name}`", f"`…{name.removeprefix('azure_openai_worker')}`") for name in names}

    assert [] == [name for name, forms in said.items() if not any(form in guide for form in forms)]


def test_every_reason_is_in_the_troubleshooting() -> None:
    """An operator who reads a reason in an incident finds a row for it."""
    guide = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
    table = guide.partition("## Troubleshooting by reason")[2]

    assert [] == [reason for reason in (leaf.reason for leaf in leaves()) if f"`{reason}`" not in table]
