import asyncio
import subprocess
import sys

from worker.telemetry.management.watchdog import Watchdog

HANGS = """
import asyncio, time
from worker.telemetry.management.watchdog import Watchdog

def holds_up_everybody():
    time.sleep(1.5)

async def main():
    watchdog = Watchdog(longest_s=0.2)
    watchdog.open()
    holds_up_everybody()
    await asyncio.sleep(0.1)
    print(watchdog.lag_s())
    watchdog.close()

asyncio.run(main())
"""


def test_a_loop_that_hangs_says_where() -> None:
    """The place is written while it hangs, and how long it took is known afterwards."""
    ran = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, check=True)

    assert "holds_up_everybody" in ran.stderr
    assert 1.0 <= float(ran.stdout) <= 30


async def test_a_loop_that_goes_on_says_nothing() -> None:
    """It is looked at again and again; how late it was is told once."""
    watchdog = Watchdog(longest_s=60)
    watchdog.open()
    await asyncio.sleep(0)
    first = watchdog.lag_s()
    watchdog.close()

    assert 0 <= first < 10
