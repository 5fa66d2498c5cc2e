"""The national medicines database («Улуттук дары-дармек базасы», KNMDB): boxes and their sales."""

from adapters.knmdb.client import KnmdbClient, open_knmdb_client
from adapters.knmdb.settings import Account, KnmdbSettings

__all__ = ["Account", "KnmdbClient", "KnmdbSettings", "open_knmdb_client"]
