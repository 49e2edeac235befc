"""A figure beside its baseline, measured in the same run."""

from __future__ import annotations

from msgspec import Struct
from rich.console import Console
from rich.table import Table


class Figure(Struct, frozen=True, kw_only=True):
    """One measured value, and the value of a plainer way of doing the same."""

    name: str
    value: float
    unit: str
    baseline_name: str
    baseline: float
    aim: str = ""

    @property
    def ratio(self) -> float:
        """Return ours over the baseline's."""
        return self.value / self.baseline


def show(title: str, figures: list[Figure]) -> None:
    """Print the figures as a table."""
    table = Table(title=title, title_justify="left")
    for column in ("figure", "ours", "baseline", "ratio", "aim"):
        table.add_column(column, justify="left" if column in ("figure", "aim") else "right")
    for one in figures:
        table.add_row(
            one.name,
            f"{one.value:,.4g} {one.unit}",
            f"{one.baseline:,.4g} {one.unit} ({one.baseline_name})",
            f"{one.ratio:.2f}",
            one.aim,
        )
    Console(width=150).print(table)
