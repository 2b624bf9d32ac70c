import sys
from pathlib import Path

import pytest

from worker.settings import Configuration, SettingsError, configuration_of, load

TOML = """
[connections.main]
resource = "my-res"
apiVersion = "v1"
processes = ["order-*"]
override = ["deployment"]
authentication = { type = "apiKey", apiKey = "{{secrets.AZURE_KEY}}" }

[[secrets.allow]]
names = ["AZURE_*"]
"""
YAML = """
connections:
  main:
    resource: my-res
    apiVersion: v1
    processes: [order-*]
    override: [deployment]
    authentication: {type: apiKey, apiKey: "{{secrets.AZURE_KEY}}"}
secrets:
  allow: [{names: [AZURE_*]}]
"""
POOL = """
[connections.pool]
endpoints = [
  {resource = 'a', authentication = {type = 'none'}, priority = 0},
  {resource = 'b', authentication = {type = 'none'}, weight = 2},
]
"""
YAML_POOL = """
connections:
  pool:
    endpoints:
      - {resource: a, authentication: {type: none}, priority: 0}
      - {resource: b, authentication: {type: none}, weight: 2}
"""


def read(folder: Path, text: str, *, ending: str = "toml") -> Configuration:
    file = folder / f"config.{ending}"
    file.write_text(text, encoding="utf-8")
    return configuration_of(load({"WORKER_CONFIG_FILE": str(file)}))


@pytest.mark.parametrize(("text", "ending"), [(TOML, "toml"), (YAML, "yaml"), (YAML, "yml")])
def test_a_file_is_read(tmp_path: Path, text: str, ending: str) -> None:
    """TOML and YAML say the same."""
    configuration = read(tmp_path, text, ending=ending)

    assert configuration.connections["main"].resource == "my-res"
    assert configuration.connections["main"].override == ("deployment",)
    assert configuration.secrets.allow[0].names == ("AZURE_*",)


def test_the_environment_may_hold_it() -> None:
    """A variable with TOML text takes the place of a file; nothing at all is fine too."""
    assert configuration_of(load({"WORKER_CONFIG": TOML})).connections["main"].api_version == "v1"
    assert configuration_of(load({})) == Configuration()


@pytest.mark.parametrize(("text", "ending"), [(POOL, "toml"), (YAML_POOL, "yaml")])
def test_several_endpoints_are_read(tmp_path: Path, text: str, ending: str) -> None:
    """From a file of either kind, or the environment."""
    pools = [read(tmp_path, text, ending=ending), configuration_of(load({"WORKER_CONFIG": POOL}))]

    for pool in pools:
        told = [(one.resource, one.priority, one.weight) for one in pool.connections["pool"].endpoints]
        assert told == [("a", 0, 1.0), ("b", 1, 2.0)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("[connections", ["is no TOML"], id="no TOML"),
        pytest.param("[connections.a]\nresource='r'", ["connections.a.authentication: got nothing"], id="no key"),
        pytest.param(TOML.replace("apiVersion", "apiVerson"), ["connections.main.apiVerson", "no known"], id="typo"),
        pytest.param(
            TOML.replace('["deployment"]', '["key"]'), ["connections.main.override[0]", "'headers'"], id="choice"
        ),
        pytest.param(
            TOML.replace('"{{secrets.AZURE_KEY}}"', "7"), ["main.authentication.apiKey: wanted"], id="no text"
        ),
        pytest.param(TOML.replace('["AZURE_*"]', "[]"), ["secrets.allow[0].names"], id="no names"),
        pytest.param(POOL + "resource = 'r'", ["connections.pool.resource: got a value, wanted none"], id="both"),
        pytest.param(
            POOL.replace("resource = 'b', ", ""), ["pool.endpoints[1]: got neither resource nor endpoint"], id="nowhere"
        ),
        pytest.param(
            POOL.replace("resource = 'b'", "resource = 'b', endpoint = 'https://b'"),
            ["connections.pool.endpoints[1]: got both resource and endpoint, wanted one of the two"],
            id="two places",
        ),
        pytest.param(
            POOL.replace("authentication = {type = 'none'}, weight", "weight"),
            ["connections.pool.endpoints[1].authentication: got nothing"],
            id="no key for one",
        ),
        pytest.param(POOL.replace("weight = 2", "weight = 0"), ["endpoints[1].weight: wanted greater"], id="no weight"),
        pytest.param(POOL.replace("priority", "prioritty"), ["endpoints[0].prioritty: is no known"], id="typo below"),
        pytest.param(
            "[connections.a]\nlimits = {maxCallsInFlight = 0}", ["limits.maxCallsInFlight: wanted greater"], id="limit"
        ),
        pytest.param("a = 1", ["a: is no known field"], id="unknown section"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path: Path, text: str, says: list[str]) -> None:
    """The message names the file, the field and what is wanted."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)

    for part in ["config.toml", *says]:
        assert part in str(caught.value)


def test_no_yaml_no_key(tmp_path: Path) -> None:
    """What YAML's parser quotes of a broken file is not repeated: a key may stand there."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, "a: 'hunter2\nb: }", ending="yaml")

    assert "is no YAML" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker without the extra says what to install."""
    monkeypatch.setitem(sys.modules, "yaml", None)

    with pytest.raises(SettingsError, match=r"azure-openai-worker\[yaml\]"):
        read(tmp_path, YAML, ending="yaml")


def test_it_cannot_be_printed(tmp_path: Path) -> None:
    """A key that stands in the file in plain text is in no repr."""
    assert "hunter2" not in repr(read(tmp_path, TOML.replace("{{secrets.AZURE_KEY}}", "hunter2")))
