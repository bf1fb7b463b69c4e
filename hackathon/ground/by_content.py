"""What is made of content that never changes is made once and kept in the process.

The content is named by its digest, so nothing has to say when it is stale: other content has
another name.
"""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Made(Generic[T]):
    """The last `most` things that were made, by the digest of what they were made of."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: dict[object, T] = {}
        self._changing = Lock()

    def of(self, digest: object, make: Callable[[], T]) -> T:
        """Two threads may make the same thing at once; then one of the two is kept."""
        found = self._kept.get(digest)
        if found is None:
            found = make()
            with self._changing:
                while len(self._kept) >= self.most:
                    del self._kept[next(iter(self._kept))]
                self._kept[digest] = found
        return found
