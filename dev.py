"""
Everything a fresh clone needs, with nothing but Python 3.11 or newer.

    python3 dev.py demo [question]     a broker, an emulated Azure OpenAI, the worker and one process
    python3 dev.py test [pytest args]  all tests
    python3 dev.py bench [mode]        the worker beside its peers (see docs/performance.md)
    python3 dev.py pictures            the pictures of docs/, drawn by the real modeler (needs Node and Chromium)
    python3 dev.py check               lint, format, types and the import rule
    python3 dev.py lock [--upgrade]    pin the requirements anew (needs uv)

The first run installs the pinned requirements into `.venv` beside this file.
"""

# Readable for Python 3.6 too, so that an old one gets a sentence and not a traceback: hence no newer syntax here.

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PINNED = HERE / "requirements"
CHECKS = (
    (str(PYTHON), "-m", "ruff", "check"),
    (str(PYTHON), "-m", "ruff", "format", "--check"),
    (str(PYTHON), "-m", "mypy"),
    (str(BIN / "lint-imports"), "--no-cache"),
)
# Whatever a setting can ask for: nobody adds packages to an image.
IMAGE = [f"--extra={name}" for name in ("aws", "azure-key-vault", "google", "otlp", "postgres", "redis", "yaml")]
LOCKS = (  # dev comes first: it holds all the others, and they follow its versions
    ("dev", "--all-extras", "--group", "build", "--group", "dev"),
    ("demo", "--extra", "demo", "--group", "build", "-c", "requirements/dev.txt"),
    ("build", "--group", "build", "-c", "requirements/dev.txt"),
    ("run", "-c", "requirements/dev.txt"),
    ("image", *IMAGE, "-c", "requirements/dev.txt"),
    ("sbom", "--group", "sbom", "-c", "requirements/dev.txt"),
)


def main() -> None:
    """Run the command that was asked for; the exit code is the command's own."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this line is for those who have an older one
        stop("Python 3.11 or newer is needed; this is %s. Try e.g.: python3.13 dev.py" % sys.version.split()[0])  # noqa: UP031 - see above
    command, arguments = (sys.argv[1] if sys.argv[1:] else "", sys.argv[2:])
    if command == "demo":
        prepare("demo")
        become(str(BIN / "azure-openai-worker"), "demo", *arguments)
    if command == "test":
        prepare("dev")
        become(str(PYTHON), "-m", "pytest", *arguments)
    if command == "bench":
        prepare("dev")
        become(str(PYTHON), "-m", "benchmarks", *arguments)
    if command == "pictures":
        prepare("dev")
        become(str(PYTHON), "-m", "tests.modeler.pictures")
    if command == "check":
        prepare("dev")
        sys.exit(max([run(*check) for check in CHECKS]))
    if command == "lock":
        lock(*arguments)
    say((__doc__ or "").strip())
    sys.exit(0 if command in ("help", "-h", "--help") else 2)


def prepare(wanted: str) -> None:
    """Make `.venv` hold what requirements/<wanted>.txt pins; nothing is done when it already does."""
    if any(stamp_is_current(name) for name in (wanted, "dev")):  # dev holds everything
        return
    if not interpreter_is_ours():
        make_venv()
    stamp(wanted).unlink(missing_ok=True)
    install("the pinned requirements", "--require-hashes", "-r", str(PINNED / f"{wanted}.txt"))
    install("the worker itself", "--no-deps", "--no-build-isolation", "-e", str(HERE))
    stamp(wanted).write_text(fingerprint(wanted))


def stamp(name: str) -> Path:
    """Where it is noted what is installed."""
    return VENV / f".installed-{name}"


def stamp_is_current(name: str) -> bool:
    """Whether `.venv` holds what the file of that name pins today."""
    return PYTHON.exists() and stamp(name).is_file() and stamp(name).read_text() == fingerprint(name)


def fingerprint(name: str) -> str:
    """Sum up what an installation depends on: the pins, the project's own metadata, and this Python."""
    pins, project = (PINNED / f"{name}.txt").read_bytes(), (HERE / "pyproject.toml").read_bytes()
    return hashlib.sha256(b"\0".join([pins, project, sys.version.encode(), str(HERE).encode()])).hexdigest()


def interpreter_is_ours() -> bool:
    """Whether `.venv` has a Python that runs and is the one that runs this file."""
    try:
        answer = subprocess.run([str(PYTHON), "-c", "import sys; print(sys.version)"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.decode().strip() == sys.version.strip()


def make_venv() -> None:
    """Make an empty `.venv`; Debian splits the part that puts pip into it off, which needs a hint."""
    say("Making .venv ...")
    if importlib.util.find_spec("ensurepip"):
        venv.create(str(VENV), clear=True, with_pip=True, symlinks=os.name != "nt")
    elif not shutil.which("uv") or run("uv", "venv", "-q", "--clear", "--python", sys.executable, str(VENV)):
        stop("This Python cannot make a virtual environment. On Debian or Ubuntu: sudo apt install python3-venv")


def install(what: str, *arguments: str) -> None:
    """Install into `.venv` with uv where there is one, else, or if uv does not get through, with pip."""
    say(f"Installing {what} (once) ...")
    if shutil.which("uv") and run("uv", "pip", "install", "--python", str(PYTHON), *arguments) == 0:
        return
    last_lines = pip_with_progress("install", "--disable-pip-version-check", *arguments)
    if last_lines:
        stop(last_lines + "\nThe installation failed; the lines above say why. Run the same command to try again.")


def pip_with_progress(*arguments: str) -> str:
    """Run pip, one moving line for all its output. Empty on success, else the last of what it said."""
    said = []
    pip = subprocess.Popen(
        [str(PYTHON), "-m", "pip", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with pip:
        for line in pip.stdout or ():
            said.append(line.rstrip())
            if re.match(r" *(Collecting|Downloading|Building|Installing) ", line):
                move(line.split(" --hash")[0].split(" (from")[0].strip())
        move("")
    return "\n".join(said[-15:]) if pip.returncode else ""


def move(text: str) -> None:
    """Write *text* over the current line; only a person at a terminal sees it."""
    if sys.stderr.isatty():
        print("\r\033[K  " + text[:76], end="", file=sys.stderr, flush=True)


def lock(*arguments: str) -> NoReturn:
    """Compile requirements/*.txt from pyproject.toml, for every platform and Python, with hashes, without hosts."""
    if not shutil.which("uv"):
        stop("Locking needs uv. Install it and run the same command again.")
    common = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-annotate"]
    for name, *chosen in LOCKS:
        source = [] if name in ("build", "sbom") else ["pyproject.toml"]
        target = ["-q", "--custom-compile-command=python3 dev.py lock", "-o", f"requirements/{name}.txt"]
        if run("uv", "pip", "compile", *source, *common, *chosen, *target, *arguments):
            stop(f"requirements/{name}.txt could not be compiled.")
    sys.exit(0)


def run(*command: str) -> int:
    """Run a command in this folder, its output shown, and wait for its exit code."""
    return subprocess.run(command, cwd=HERE, check=False).returncode


def become(*command: str) -> NoReturn:
    """Let *command* take this process's place, so that exit codes and Ctrl-C are its own."""
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - the command is ours
    with subprocess.Popen(command) as child:
        while True:
            try:
                sys.exit(child.wait())
            except KeyboardInterrupt:  # the child got it too, and decides what to do
                continue


def say(text: str) -> None:
    """Tell the person what goes on, out of the way of what the command prints."""
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> NoReturn:
    """Give up with a sentence."""
    say(text)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell counts an interrupt
