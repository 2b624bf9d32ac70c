"""
Camunda's own connector runtime, as far as it lies on Maven Central.

That is its Spring Boot starter and its REST connector, and a class of three lines that starts them. Put together when
it is first measured, kept in the cache, never shipped.
"""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.contenders import KEY, Contender, Start, messages
from worker.demo.broker_errors import NoJavaError
from worker.demo.engines.java import executable, find_java_home
from worker.demo.engines.supply.cache import default_cache_dir

__all__ = ["NotHereError", "camunda"]

_VERSION: Final = "8.6.10"
_THREADS: Final = 256  # its starter comes with one, its container with ten; this is the tuned figure
_MAVEN_WITHIN_S: Final = 600.0
# The excluded parts are for its web interface's login and do not lie on Maven Central.
_POM: Final = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>benchmark</groupId><artifactId>benchmark</artifactId><version>1</version><dependencies>
<dependency><groupId>io.camunda.connector</groupId><artifactId>spring-boot-starter-camunda-connectors</artifactId>
<version>{_VERSION}</version><exclusions>
<exclusion><groupId>io.camunda</groupId><artifactId>identity-spring-boot-autoconfigure</artifactId></exclusion>
<exclusion><groupId>io.camunda</groupId><artifactId>identity-spring-boot-starter</artifactId></exclusion>
</exclusions></dependency>
<dependency><groupId>io.camunda.connector</groupId><artifactId>connector-http-json</artifactId>
<version>{_VERSION}</version></dependency></dependencies></project>"""
_CLASS: Final = """package benchmark;
@org.springframework.boot.autoconfigure.SpringBootApplication
public class Runtime {
  public static void main(String[] a) { org.springframework.boot.SpringApplication.run(Runtime.class, a); }
}"""


class NotHereError(Exception):
    """The runtime cannot be put together on this machine; the text says what is missing."""


async def camunda() -> Contender:
    """The runtime with 256 threads, ready to be started. Raises NotHereError."""
    try:
        java = executable(await asyncio.to_thread(find_java_home))
    except NoJavaError as error:
        raise NotHereError(str(error)) from None
    class_path = await _class_path(default_cache_dir() / f"benchmark-camunda-{_VERSION}")
    return Contender(
        name="Camunda's runtime",
        command=lambda start: [str(java), "-Xmx512m", "-cp", class_path, "benchmark.Runtime", *_options(start)],
        environment=lambda _: {},
        task=_post,
        headers={"resultVariable": "result"},
        job_type="io.camunda:http-json:1",
        variable=None,
        at_most=500,
        warms_up_s=6.0,
        is_pinned=False,
    )


def _options(start: Start) -> list[str]:
    given = {
        "server.port": "0",
        "camunda.connector.polling.enabled": "false",
        "camunda.connector.webhook.enabled": "false",
        "operate.client.enabled": "false",
        "zeebe.client.broker.gateway-address": start.gateway,
        "zeebe.client.broker.grpc-address": f"http://{start.gateway}",
        "zeebe.client.security.plaintext": "true",
        "zeebe.client.default-job-worker-stream-enabled": "true",
        "zeebe.client.worker.threads": str(_THREADS),
        "zeebe.client.worker.max-jobs-active": str(min(start.in_flight, _THREADS)),
    }
    return [f"--{name}={value}" for name, value in given.items()]


def _post(azure: str, payload_bytes: int) -> Mapping[str, Any]:
    return {
        "authentication": {"type": "noAuth"},
        "method": "POST",
        "url": f"{azure}/openai/deployments/gpt-4.1-mini/chat/completions?api-version=2024-10-21",
        "headers": {"api-key": KEY, "Content-Type": "application/json"},
        "body": {"messages": messages(payload_bytes)},
        "connectionTimeoutInSeconds": 20,
        "readTimeoutInSeconds": 120,
    }


async def _class_path(folder: Path) -> str:
    jars, classes = folder / "jars.txt", folder / "classes"
    if not (classes / "benchmark" / "Runtime.class").exists():
        if not (shutil.which("mvn") and shutil.which("javac")):
            raise NotHereError("Maven and a JDK are needed to put it together (mvn and javac)")
        classes.mkdir(parents=True, exist_ok=True)
        (folder / "pom.xml").write_text(_POM, encoding="utf-8")
        (folder / "Runtime.java").write_text(_CLASS, encoding="utf-8")
        await _run(folder, "mvn", "-q", "-B", "dependency:build-classpath", f"-Dmdep.outputFile={jars}")
        compiled = ("--release", "17", "-proc:none", "-nowarn", "-cp", jars.read_text(encoding="utf-8").strip())
        await _run(folder, "javac", *compiled, "-d", str(classes), "Runtime.java")
    return f"{jars.read_text(encoding='utf-8').strip()}:{classes}"


async def _run(folder: Path, *command: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), _MAVEN_WITHIN_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise NotHereError(f"{command[0]} did not end within {_MAVEN_WITHIN_S:g} s") from None
    if process.returncode:
        raise NotHereError(f"{command[0]} failed: {said.decode(errors='replace').strip()[:300]}")
