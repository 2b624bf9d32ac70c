"""The alert rules, by Prometheus' own tool, and the runbook that goes with them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.rendering import CHART, ROOT

RULES = CHART / "files/alerts.yaml"
NEEDS_PROMTOOL = pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool: sudo apt install prometheus")
ALERTS = [
    rule
    for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
    if "alert" in rule
]


@NEEDS_PROMTOOL
def test_the_rules_are_valid() -> None:
    """`promtool check rules` takes them."""
    said = subprocess.run(["promtool", "check", "rules", str(RULES)], capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout + said.stderr


@NEEDS_PROMTOOL
def test_they_fire_when_they_should_and_only_then() -> None:
    """Series that go wrong raise the alert that the unit tests beside this file name, and no other."""
    tests = Path(__file__).with_name("alerts.test.yaml")
    said = subprocess.run(["promtool", "test", "rules", str(tests)], capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout + said.stderr


def test_each_alert_has_a_unit_test() -> None:
    """No rule is without a series that makes it fire."""
    tests = yaml.safe_load(Path(__file__).with_name("alerts.test.yaml").read_text(encoding="utf-8"))["tests"]
    fired = {one["alertname"] for test in tests for one in test["alert_rule_test"] if one.get("exp_alerts")}

    assert fired == {alert["alert"] for alert in ALERTS}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_each_alert_has_its_runbook_entry(alert: dict[str, dict[str, str]]) -> None:
    """The annotation leads to a heading of the runbook."""
    file, anchor = alert["annotations"]["runbook"].split("#")
    headings = re.findall(r"^### (.+)$", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)

    assert anchor in {heading.lower() for heading in headings}
    assert str(alert["alert"]).lower() == anchor
