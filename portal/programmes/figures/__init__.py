"""Figures that are published: each a query with a name, a period and the rows behind it."""

from portal.programmes.figures.catalogue import FIGURES, Figure, figure_named
from portal.programmes.figures.values import (
    FigureValue,
    PublicFigure,
    computed,
    public_figures,
)

__all__ = [
    "FIGURES",
    "Figure",
    "FigureValue",
    "PublicFigure",
    "computed",
    "figure_named",
    "public_figures",
]
