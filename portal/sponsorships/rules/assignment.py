"""The assignment problem: one column a row, the greatest sum of values.

Kuhn's method with potentials (the "Hungarian" algorithm), rows added one at a time by shortest
augmenting paths: O(rows² · columns), exact on whole numbers of any size.
"""

from __future__ import annotations

from collections.abc import Sequence

Value = int | None  # None: this pair is not allowed


def assign(values: Sequence[Sequence[Value]]) -> list[int | None]:
    """For each row the column it gets, or None; every value must be above zero.

    Allowed pairs only; the sum of values is the greatest possible. The same values give the same
    answer. ``values`` is rows × columns.
    """
    if not values:
        return []
    columns = len(values[0])
    costs = [
        [0 if v is None else -v for v in row] + [0] * len(values)  # a private "nobody" for each row
        for row in values
    ]
    taken = _cheapest(costs, columns + len(values))
    return [
        column if column < columns and values[row][column] is not None else None
        for row, column in enumerate(taken)
    ]


def _cheapest(costs: Sequence[Sequence[int]], columns: int) -> list[int]:
    """The column of each row so that the costs sum to the least; columns >= rows."""
    row_price = [0] * len(costs)
    column_price = [0] * columns
    row_of: list[int] = [-1] * columns
    for row in range(len(costs)):
        _add_row(row, costs, row_price, column_price, row_of)
    taken = [-1] * len(costs)
    for column, row in enumerate(row_of):
        if row >= 0:
            taken[row] = column
    return taken


def _add_row(
    row: int,
    costs: Sequence[Sequence[int]],
    row_price: list[int],
    column_price: list[int],
    row_of: list[int],
) -> None:
    """Find the cheapest way to seat one more row, moving others where that pays."""
    columns = len(column_price)
    slack: list[int | None] = [None] * columns
    came_from = [-1] * columns
    open_columns = list(range(columns))
    path: list[int] = []
    at, current = -1, row
    while True:
        line, base = costs[current], row_price[current]
        nearest, least = -1, 0
        for column in open_columns:
            reduced = line[column] - base - column_price[column]
            known = slack[column]
            if known is None or reduced < known:
                slack[column], came_from[column] = reduced, at
                known = reduced
            if nearest < 0 or known < least:
                nearest, least = column, known
        _reprice(least, row, path, open_columns, (row_price, column_price, row_of, slack))
        open_columns.remove(nearest)
        path.append(nearest)
        at, current = nearest, row_of[nearest]
        if current < 0:
            break
    while at >= 0:
        before = came_from[at]
        row_of[at] = row_of[before] if before >= 0 else row
        at = before


def _reprice(
    step: int,
    row: int,
    path: Sequence[int],
    open_columns: Sequence[int],
    state: tuple[list[int], list[int], list[int], list[int | None]],
) -> None:
    row_price, column_price, row_of, slack = state
    if not step:
        return
    row_price[row] += step
    for column in path:
        row_price[row_of[column]] += step
        column_price[column] -= step
    for column in open_columns:
        known = slack[column]
        slack[column] = None if known is None else known - step
