"""What comes in goes out.

stock[t-1] + in + buy = out + stock[t] + delivered, at every place, product and period          (units)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft

__all__ = ["Balance"]


class Balance:
    """Closes the balance that the other rooms have written moves to; the last room but those of a script."""

    name = "balance"

    def build(self, draft: Draft) -> None:
        """State a row for every place, product and period that anything moves in or out of."""
        cell, column, sign, used, quantity = draft.balance
        n_k, n_t = len(draft.network.products), len(draft.network.periods)
        size = len(draft.network.places.names) * n_k * n_t
        touched = np.zeros(size, dtype=bool)
        touched[cell] = True
        touched[used] = True
        cells = np.nonzero(touched)[0]
        right = np.bincount(used, quantity, minlength=size)[cells]
        labels = {"place": cells // (n_k * n_t), "product": cells // n_t % n_k, "period": cells % n_t}
        rows = draft.rows("balance", labels, right, right)
        row_of = np.full(size, -1)
        row_of[cells] = rows.at
        draft.term(row_of[cell], column, sign)
