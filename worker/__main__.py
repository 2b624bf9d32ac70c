"""`python -m worker`, and the console script `azure-openai-worker`."""

from worker.cli import app

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
