"""`python -m worker`, and the console script `azure-openai-worker`."""

import gc
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] == ["run"]:  # a pod's: without the library of the command line, a tenth of the start and 3 MB
        gc.disable()  # until all is loaded: looking through modules again and again is a tenth of the start
        from worker.processes import begin

        sys.exit(begin())
    from worker.cli import app

    app()


if __name__ == "__main__":
    main()
