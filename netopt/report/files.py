"""Files appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["appearing", "appearing_folder", "replaceable"]


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


def replaceable(folder: Path, ours: Collection[str]) -> bool:
    """Return whether a folder is not there, or holds nothing but files of these names."""
    if not folder.exists():
        return True
    return folder.is_dir() and all(path.is_file() and path.name in ours for path in folder.iterdir())


@contextmanager
def appearing_folder(target: Path, ours: Collection[str]) -> Iterator[Path]:
    """Yield a folder of its own, which takes the place of the target at the end by a rename.

    Parameters
    ----------
    target : Path
        Written anew; an earlier one that holds nothing but files of `ours` is replaced.
    ours : collection of str
        Names of the files that are written.

    Raises
    ------
    FileExistsError
        When the target holds anything else.
    OSError
        When it cannot be written.
    """
    if not replaceable(target, ours):
        raise FileExistsError(f"{target} exists and holds other files; name another folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    fresh, old = beside / "new", beside / "old"
    try:
        fresh.mkdir()
        yield fresh
        for path in fresh.iterdir():
            with path.open("rb") as written:
                os.fsync(written.fileno())
        if target.exists():
            target.replace(old)
        try:
            fresh.replace(target)
        except BaseException:
            if old.exists():
                old.replace(target)
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
