"""What the readers of published files share: numbers by position, names by number, cells that must add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Tables = dict[str, pd.DataFrame]
Floats = NDArray[np.float64]
Names = NDArray[np.str_]


def names(prefix: str, count: int) -> Names:
    """Return prefix1 … prefixN."""
    return np.char.add(prefix, np.arange(1, count + 1).astype(str))


class Numbers:
    """A file of whitespace-separated numbers, read from front to back.

    Parameters
    ----------
    path : Path
        The file.
    words : dict of str to float, optional
        Words that stand for a number, such as ``{"capacity": 8000.0}``.
    """

    def __init__(self, path: Path, words: dict[str, float] | None = None) -> None:
        self.path = path
        tokens = path.read_text(encoding="utf-8").split()
        if words:
            tokens = [repr(words[token]) if token in words else token for token in tokens]
        self._values: Floats = np.array(tokens, dtype=np.float64)
        self._at = 0

    def block(self, *shape: int) -> Floats:
        """Return the next numbers as an array of this shape.

        Raises
        ------
        ValueError
            When the file ends too soon.
        """
        count = int(np.prod(shape))
        if self._at + count > self._values.size:
            raise ValueError(f"{self.path}: ends after {self._values.size} numbers, needed {self._at + count}")
        taken = self._values[self._at : self._at + count].reshape(shape)
        self._at += count
        return taken

    def sizes(self, count: int) -> list[int]:
        """Return the next numbers as whole numbers."""
        return [int(size) for size in self.block(count)]

    def done(self) -> None:
        """Check that nothing is left.

        Raises
        ------
        ValueError
            When numbers are left over: the file is not in the format it was read as.
        """
        if self._at != self._values.size:
            raise ValueError(f"{self.path}: {self._values.size - self._at} numbers left over after the last block")
