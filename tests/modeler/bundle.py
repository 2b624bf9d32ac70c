"""The modeler as one page: bundled once from what package-lock.json pins, then opened without a server or a network."""

import hashlib
import subprocess
from pathlib import Path

__all__ = ["bundled"]

_ENTRY = Path(__file__).with_name("stage.js")
_LOADERS = {".woff": "dataurl", ".woff2": "dataurl", ".svg": "dataurl", ".ttf": "empty", ".eot": "empty"}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Modeler</title>
<link rel="stylesheet" href="stage.css">
<style>
  html, body { margin: 0; height: 100% }
  body { display: flex; font-family: "Liberation Sans", sans-serif }
  #canvas { flex: 1 }
  #panel { width: 380px; border-left: 1px solid #ccc; overflow: auto }
</style>
<div id="canvas"></div><div id="panel"></div>
<script src="stage.js"></script>
</html>
"""


def bundled(modules: Path) -> Path:
    """The page's file, made anew below *modules* when its script or a package has changed."""
    parts = (_ENTRY, Path(__file__), modules.parent / "package-lock.json")
    digest = hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()[:16]
    page = modules / ".modeler" / digest / "index.html"
    if not page.is_file():
        loaders = [f"--loader:{ending}={loader}" for ending, loader in _LOADERS.items()]
        command = [
            str(modules / ".bin" / "esbuild"), str(_ENTRY), "--bundle", "--minify", "--log-level=error",
            f"--outfile={page.parent / 'stage.js'}", '--define:process.env.NODE_ENV="production"', *loaders,
        ]  # fmt: skip
        subprocess.run(command, check=True, timeout=100)
        page.write_text(_PAGE, encoding="utf-8")
    return page
