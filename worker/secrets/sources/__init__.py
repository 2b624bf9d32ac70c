"""Where secrets may be kept. Each store's own packages are imported with the first secret that is asked of it."""

from worker.secrets.sources.cached import CachedSecrets, Store, StoreDown
from worker.secrets.sources.options import Files, StoreOptions
from worker.secrets.sources.stores import store

__all__ = ["CachedSecrets", "Files", "Store", "StoreDown", "StoreOptions", "store"]
