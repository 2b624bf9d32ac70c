"""The icon, drawn by us: a spark on a tile."""

from typing import Final
from urllib.parse import quote

__all__ = ["ICON"]

_SVG: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 32 32">'
    '<rect x="2" y="2" width="28" height="28" rx="7" fill="#0f5fb8"/>'
    '<path d="M16 6c.9 5.6 4.4 9.1 10 10-5.6.9-9.1 4.4-10 10-.9-5.6-4.4-9.1-10-10 5.6-.9 9.1-4.4 10-10z" '
    'fill="#fff"/>'
    '<circle cx="24.5" cy="7.5" r="2" fill="#9fd0ff"/></svg>'
)
ICON: Final = "data:image/svg+xml," + quote(_SVG, safe=" =:/'")
"""The icon as a data URI."""
