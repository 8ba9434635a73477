"""What one more unit would be worth, in the words of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netopt.report.words import safe

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["price_words"]

_MOST = 5


def price_words(prices: pd.DataFrame, most: int = _MOST) -> list[str]:
    """Return the sentences of the limits that hold the plan back the most, without the demand itself.

    Parameters
    ----------
    prices : DataFrame
        ``what``, ``where``, ``product``, ``period``, ``price``, ``words``.
    most : int
        Sentences.
    """
    if prices.empty:
        return []
    limits = prices[prices["what"] != "demand"]
    top = limits.reindex(limits["price"].abs().sort_values(ascending=False, kind="stable").index).head(most)
    return [safe(words) for words in top["words"]]
