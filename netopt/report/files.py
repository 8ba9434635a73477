"""Files appear whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["appearing"]


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """Yield the same file name in a folder of its own; what is written there moves beside the target at the end.

    Raises
    ------
    OSError
        When the folder of the target cannot be written.
    """
    with_suffix = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield with_suffix / target.name
        for file in sorted(with_suffix.iterdir()):
            file.replace(target.parent / file.name)
    finally:
        shutil.rmtree(with_suffix, ignore_errors=True)
