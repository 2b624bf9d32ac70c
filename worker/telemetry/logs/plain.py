"""
structlog, loaded without rich.

Where rich is installed, structlog loads it for tracebacks that nobody prints here: 12 MB of an idle worker and a tenth
of a second of its start (measured; the command line brings rich along).
"""

import sys

__all__ = ["FilteringBoundLogger", "structlog"]

_is_in_use = "rich" in sys.modules
if not _is_in_use:
    sys.modules["rich"] = None  # type: ignore[assignment] # makes its import fail, as if it were not installed
try:
    import structlog
    from structlog.typing import FilteringBoundLogger
finally:
    if not _is_in_use:
        del sys.modules["rich"]
