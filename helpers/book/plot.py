"""The pictures of the book.

`stacked` and `beside` make a picture of empty panels, as wide as the page's text. A `Panel` draws
one thing at a time: curves with their names at the line, points with words, bars, arrows, cells,
vectors. `curves`, `image` and `bars` make a whole small picture at once.

A notebook shows a `Picture` as SVG. Beside the drawing it carries a description of the drawn data
in text, so that a check of printed outputs notices when a picture changes, and whoever cannot see
it still reads its numbers.

The palette is Okabe and Ito's, which colour-blind readers can tell apart; lines also differ in
their dashes, points in their markers. The background is transparent. matplotlib is imported when
something is drawn.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import cycle, pairwise
from typing import Any, ParamSpec, TypeVar

import numpy as np

from helpers import checks
from helpers.working import Array, ArrayLike, FloatArray

P = ParamSpec("P")
R = TypeVar("R")
# Where something stands, or how far words stand from it: to the right and up.
Pair = Sequence[float] | FloatArray

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
STYLE = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "font.family": "DejaVu Sans",  # It comes with matplotlib, so that every machine draws the same.
    "font.size": 10,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "svg.fonttype": "path",
    "svg.hashsalt": "pytorch-losses-by-hand",  # Else the ids in the SVG are random.
}
POINTS = 72  # to the inch: what SVG counts in
WIDTH = 5.2  # inches; text stays legible when a phone scales it down

# Of pictures that are put together from panels.
HOUSE = STYLE | {
    "axes.labelcolor": "#222222",
    "axes.titlesize": 12,
    "figure.constrained_layout.h_pad": 0.06,
    "font.size": 12,
    "lines.linewidth": 2.2,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
}
FULL_WIDTH = 736 * 0.75 / POINTS  # inches: the 736 pixels of the page's column, 0.75 points each
MARKERS = ("o", "s", "^", "D", "v", "P")
HATCHES = ("", "//", "..", "xx", "\\\\", "++")
# The palette for words, dark enough to be read on white: a contrast of at least 4.5.
INKS = ("#0072B2", "#B84F00", "#007A58", "#A2477A", "#8A5F00", "#1F78AD")
GREY = "#595959"  # of what is said beside the data
LEADER = 18  # points; words that stand farther from their place have a line that leads there
LINE_HEIGHT = 1.25  # of a line of words, in font sizes
END, IN_CELL = "name at a line's end", "number in a cell"  # marks on words


def _in_style(style: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Draw with a style, and leave matplotlib's own settings as they are."""

    def decorate(draw: Callable[P, R]) -> Callable[P, R]:
        @wraps(draw)
        def styled(*args: P.args, **kwargs: P.kwargs) -> R:
            import matplotlib as mpl

            with mpl.rc_context(style), warnings.catch_warnings():
                # On a busy machine the search for the best place of a legend takes long. It ends,
                # and in the same place; that it took long is nobody's concern.
                warnings.filterwarnings("ignore", "Creating legend with loc")
                return draw(*args, **kwargs)

        return styled

    return decorate


_styled, _in_house = _in_style(STYLE), _in_style(HOUSE)


@dataclass(frozen=True, repr=False)
class Picture:
    """A matplotlib figure that shows as SVG, with a description of its data beside it.

    Attributes:
        figure: the `matplotlib.figure.Figure`, to be changed or saved.
        panels: each a `Panel` to draw into, from top to bottom or from left to right; none in a
            picture that was made at once.
    """

    figure: Any
    panels: tuple[Panel, ...] = ()

    def __repr__(self) -> str:
        lines = [f"Picture: {len(self.figure.axes)} axes"]
        for axes in self.figure.axes:
            lines += _describe_axes(axes)
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    @_styled
    def svg(self) -> str:
        """The drawing as SVG text: the same bytes for the same data and version of matplotlib."""
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        _finish(self.figure)
        buffer = io.StringIO()
        # `savefig` would draw twice, in case that the layout is not final.
        canvas: Any = FigureCanvasSVG(self.figure)
        canvas.print_svg(buffer, metadata={"Date": None})
        return buffer.getvalue()


@_styled
def curves(
    x: ArrayLike,
    loss: Mapping[str, ArrayLike],
    gradient: Mapping[str, ArrayLike] | None = None,
    *,
    xlabel: str = "input",
    ylabel: str = "loss",
) -> Picture:
    """Losses against the prediction, and below them, on the same axis, their gradients.

    Args:
        x: the predictions, an array of one dimension.
        loss: a mapping from a name to the loss at each `x`; the names make the legend.
        gradient: the same for the gradients, under the same names; None leaves their axes out.
        xlabel: what `x` is.
        ylabel: what the curves above are.

    Returns:
        A `Picture`.

    Raises:
        TypeError: `loss` or `gradient` is no mapping.
        ValueError: a curve has another shape than `x`.

    >>> curves([0.0, 1.0, 2.0], {"square": [0.0, 1.0, 4.0]})
    Picture: 1 axes
    axes: x 'input', y 'loss'
      line 'square': 3 points, x from 0 to 2
        y from 0 to 4, least 0, most 4, checksum 4.66666667
    """
    panels = [(ylabel, loss)] + [("gradient", gradient)] * (gradient is not None)
    x = _numbers("x", x)
    figure, grid = _figure(len(panels), height=2.7 * len(panels))
    for axes, (label, lines) in zip(grid, panels, strict=True):
        if not isinstance(lines, Mapping):
            checks.refuse(label, "a mapping from names to curves", type(lines).__name__, TypeError)
        for (name, y), colour, dashes in zip(lines.items(), cycle(PALETTE), cycle(DASHES)):
            y = _numbers(name, y)
            checks.same_shape(x=x, **{name: y})
            axes.plot(x, y, label=name, color=colour, linestyle=dashes)
        axes.set_ylabel(label)
    grid[-1].set_xlabel(xlabel)
    if len(loss) > 1 or gradient is None:
        grid[0].legend()
    return _picture(figure)


@_styled
def image(
    values: ArrayLike,
    *,
    title: str = "",
    xlabel: str = "column",
    ylabel: str = "row",
    colorbar: str = "loss",
) -> Picture:
    """A picture of a matrix, such as the loss of each pixel.

    Args:
        values: an array of two dimensions.
        title: a line above it.
        xlabel: what the columns are.
        ylabel: what the rows are.
        colorbar: what the values are.

    Returns:
        A `Picture`.

    Raises:
        ValueError: `values` has not two dimensions.

    >>> image([[0.0, 1.0], [2.0, 3.0]], colorbar="loss per pixel")
    Picture: 2 axes
    axes: x 'column', y 'row'
      image of 2 × 2
        from 0 to 3, least 0, most 3, checksum 5
    axes: x '', y 'loss per pixel'
    """
    values = _numbers("values", values)
    if values.ndim != 2:
        checks.refuse("values", "two dimensions", f"shape {values.shape}")
    figure, (axes,) = _figure(1, height=3.6)
    drawn = axes.imshow(values, cmap="cividis")
    axes.grid(False)
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    figure.colorbar(drawn, label=colorbar)
    return _picture(figure)


@_styled
def bars(
    labels: Sequence[str],
    values: Mapping[str, ArrayLike],
    *,
    xlabel: str = "",
    ylabel: str = "loss",
) -> Picture:
    """Groups of bars side by side.

    Args:
        labels: a label for each group.
        values: a mapping from a name to one height for each group; the names make the legend.
        xlabel: what the groups are.
        ylabel: what the heights are.

    Returns:
        A `Picture`.

    Raises:
        TypeError: `values` is no mapping.
        ValueError: the number of heights is not that of the labels.

    >>> bars(["a", "b"], {"p": [0.3, 0.7]}, ylabel="probability")
    Picture: 1 axes
    axes: x '', y 'probability', ticks a, b
      2 bars 'p'
        from 0.3 to 0.7, least 0.3, most 0.7, checksum 0.85
    """
    if not isinstance(values, Mapping):
        got = type(values).__name__
        checks.refuse("values", "a mapping from names to heights", got, TypeError)
    figure, (axes,) = _figure(1, height=3.0)
    places, width = np.arange(len(labels)), 0.8 / max(len(values), 1)
    for i, (name, heights) in enumerate(values.items()):
        heights = _numbers(name, heights)
        checks.same_shape(labels=places, **{name: heights})
        offset = (i - (len(values) - 1) / 2) * width
        axes.bar(places + offset, heights, width, label=name, color=PALETTE[i % len(PALETTE)])
    axes.grid(False, axis="x")
    axes.set_xticks(places, labels)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if len(values) > 1:
        axes.legend()
    return _picture(figure)


@_in_house
def stacked(*ylabels: str, xlabel: str = "", height: float | None = None) -> Picture:
    """A picture of panels below one another that share their x, such as a loss over its slope.

    Args:
        *ylabels: what each panel shows upwards, from top to bottom. Their number is that of the
            panels.
        xlabel: what all of them show to the right.
        height: of the whole picture in inches; None takes what suits the number of panels.

    Returns:
        A `Picture`, whose `panels` are to be drawn into.

    >>> picture = stacked("loss", "slope", xlabel="error")
    >>> loss, slope = picture.panels
    >>> loss.line([-1.0, 0.0, 1.0], [1.0, 0.0, 1.0], "square")
    >>> slope.line([-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0])
    >>> picture
    Picture: 2 axes
    axes: x '', y 'loss'
      line 'square': 3 points, x from -1 to 1
        y from 1 to 1, least 0, most 1, checksum 1.33333333
      words 'square' at (1, 1)
    axes: x 'error', y 'slope'
      line: 3 points, x from -1 to 1
        y from -2 to 2, least -2, most 2, checksum 1.33333333
    """
    ratios = [3, 2, *[2] * len(ylabels)][: len(ylabels)]  # The first is the one to look at.
    figure = _blank(height or 1.5 + 1.8 * len(ylabels))
    grid = figure.subplots(len(ylabels), sharex=True, squeeze=False, height_ratios=ratios)[:, 0]
    for axes, ylabel in zip(grid, ylabels, strict=True):
        axes.set_ylabel(ylabel)
    grid[-1].set_xlabel(xlabel)
    figure.align_ylabels(grid)
    return Picture(figure, tuple(map(Panel, grid)))


@_in_house
def beside(
    *titles: str,
    xlabel: str | Sequence[str] = "",
    ylabel: str | Sequence[str] = "",
    height: float = 3.3,
) -> Picture:
    """A picture of panels side by side that share their y, such as before and after a step.

    Args:
        *titles: a line above each panel, from left to right. Their number is that of the panels.
        xlabel: what each of them shows to the right; or one text for each.
        ylabel: what all of them show upwards; or one text for each, which then have a y of their
            own.
        height: of the whole picture in inches.

    Returns:
        A `Picture`, whose `panels` are to be drawn into.

    Raises:
        ValueError: there are not as many labels as titles.
    """
    xlabels = [xlabel] * len(titles) if isinstance(xlabel, str) else xlabel
    ylabels = [ylabel] + [""] * (len(titles) - 1) if isinstance(ylabel, str) else ylabel
    figure, shared = _blank(height), isinstance(ylabel, str)
    grid = figure.subplots(1, len(titles), sharey=shared, squeeze=False)[0]
    for axes, title, right, up in zip(grid, titles, xlabels, ylabels, strict=True):
        axes.set(title=title, xlabel=right, ylabel=up)
    return Picture(figure, tuple(map(Panel, grid)))


@dataclass(frozen=True)
class Panel:
    """A pair of axes of a picture, and what can be drawn into it.

    A `look` is a small number that stands for colour, dashes, marker and hatches at once: what
    belongs together has the same look in all panels. An `offset` says how far words stand from
    their place, to the right and up, in points. If that is not close by, a line leads there.

    Attributes:
        axes: the `matplotlib.axes.Axes`, for what is not here, such as limits and scales.
    """

    axes: Any

    @_in_house
    def line(
        self,
        x: ArrayLike,
        y: ArrayLike,
        label: str = "",
        *,
        look: int = 0,
        at: float | None = None,
        offset: Pair | None = None,
        jumps: Mapping[float, float | None] | None = None,
    ) -> None:
        """A curve, with its name written at it.

        Args:
            x: an array of one dimension, rising.
            y: the height at each `x`.
            label: its name.
            look: see `Panel`.
            at: the x at which the name stands; None takes the line's right end.
            offset: how far from there; None takes above it, or behind the end.
            jumps: a mapping from each x where the curve jumps to its value there, or to None if it
                has none. The line is broken there, with hollow ends and a dot for the value.

        Raises:
            TypeError: `x` or `y` is no array of numbers.
            ValueError: `y` has another shape than `x`.
        """
        x, y = _pairs(x, y)
        colour, jumps = PALETTE[look % len(PALETTE)], dict(sorted((jumps or {}).items()))
        parts = list(_parts(x, y, jumps))
        gap = np.full((2, 1), np.nan)
        drawn = np.concatenate([piece for part in parts for piece in (part, gap)], axis=1)[:, :-1]
        dashes = DASHES[look % len(DASHES)]
        self.axes.plot(*drawn, label=label, color=colour, linestyle=dashes)
        for (place, value), (left, right) in zip(jumps.items(), pairwise(parts), strict=True):
            limits = [left[1, -1], right[1, 0]]
            hollow = {"color": colour, "markerfacecolor": "white", "markersize": 6.5}
            self._markers([place] * 2, limits, "o", "open ends", **hollow)
            if value is not None:
                self._markers([place], [value], "o", "value there", color=colour, markersize=6.5)
        if not label:
            return
        if at is None:
            self._words((x[-1], y[-1]), label, offset or (7, 0), look).set_label(END)
        else:
            self._words((at, np.interp(at, x, y)), label, offset or (0, 8), look)

    @_in_house
    def points(
        self,
        x: ArrayLike,
        y: ArrayLike,
        words: Sequence[str] = (),
        *,
        look: int | Sequence[int] = 0,
        offsets: Pair | Sequence[Pair] = (0, 9),
        label: str = "",
        size: float = 8.5,
        ringed: Sequence[int] = (),
    ) -> None:
        """Points, with words beside them.

        Args:
            x: where they are, an array of one dimension.
            y: how high they are.
            words: a text for each point; none for no words.
            look: see `Panel`; one for all, or one for each.
            offsets: how far the words stand away: one pair for all, or one for each.
            label: what the points are, for the description.
            size: of the markers, in points.
            ringed: the numbers of the points that get a ring around them, counted from 0.

        Raises:
            TypeError: `x` or `y` is no array of numbers.
            ValueError: there are not as many y, words, looks or offsets as x.
        """
        x, y = _pairs(x, y)
        looks = np.broadcast_to(look, x.shape)
        for kind in dict.fromkeys(looks.tolist()):
            colour, marker = PALETTE[kind % len(PALETTE)], MARKERS[kind % len(MARKERS)]
            here = looks == kind
            self._markers(x[here], y[here], marker, label, color=colour, markersize=size)
        if len(ringed):
            which = list(ringed)
            ring = {"markersize": size + 9, "markerfacecolor": "none", "color": "black"}
            self._markers(x[which], y[which], "o", "ringed", **ring)
        if len(words):
            apart = np.broadcast_to(np.asarray(offsets), (x.size, 2))
            for *place, text, offset, kind in zip(x, y, words, apart, looks, strict=True):
                self._words(place, text, offset, kind)

    @_in_house
    def note(
        self, x: float, y: float, words: str, offset: Pair = (0, 8), look: int | None = None
    ) -> None:
        """Words at a place: in grey, or in the colour of what they are about."""
        self._words((x, y), words, offset, look)

    @_in_house
    def level(self, y: float, words: str = "", *, at: float = 1.0) -> None:
        """A thin line at one height, with words above it: at 0 they start at the left, at 1 they
        end at the right.
        """
        self.axes.axhline(y, label=words, color=GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        side = {"ha": "right" if at > 0.5 else "left", "xycoords": self.axes.get_yaxis_transform()}
        self._words((at, y), words, (0, 3), **side)

    @_in_house
    def upright(self, x: float, words: str = "", *, at: float = 1.0) -> None:
        """A thin upright line at one place, with words to its right: at 0 they stand at its foot,
        at 1 at its top.
        """
        self.axes.axvline(x, label=words, color=GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        side = {"va": "top" if at > 0.5 else "bottom", "xycoords": self.axes.get_xaxis_transform()}
        self._words((x, at), words, (5, 0), **side)

    @_in_house
    def area(
        self,
        x: ArrayLike,
        y: ArrayLike,
        label: str = "",
        *,
        low: ArrayLike = 0.0,
        at: float | None = None,
        offset: Pair = (0, 8),
    ) -> None:
        """A grey area between a curve and another one, or 0, with its name above it.

        Args:
            x: an array of one dimension, rising.
            y: the height of the curve at each `x`.
            label: its name.
            low: the other curve, or one number.
            at: the x at which the name stands; None takes the curve's top.
            offset: how far from there.

        Raises:
            TypeError: `x` or `y` is no array of numbers.
            ValueError: `y` has another shape than `x`.
        """
        x, y = _pairs(x, y)
        self.axes.fill_between(x, y, low, label=label, color="0.5", alpha=0.3, linewidth=0)
        place = float(x[y.argmax()]) if at is None else at
        self._words((place, np.interp(place, x, y)), label, offset)

    @_in_house
    def bars(
        self,
        names: Sequence[str],
        heights: ArrayLike,
        *,
        look: int = 0,
        number: str = "{:.2f}",
        label: str = "",
        share: tuple[int, int] = (0, 1),
    ) -> None:
        """Bars, with their heights written at them.

        Args:
            names: what stands below each bar.
            heights: an array of one dimension.
            look: see `Panel`.
            number: the form in which a height is written; empty for none.
            label: what the bars are, for the description.
            share: which bar of how many at each name, counted from 0: (1, 3) is the middle one.

        Raises:
            TypeError: `heights` is no array of numbers.
            ValueError: there are not as many heights as names.
        """
        heights = _numbers("heights", heights)
        places, (which, many) = np.arange(len(names)), share
        checks.same_shape(names=places, heights=heights)
        width = 0.7 / many
        across = places + (which - (many - 1) / 2) * width
        fill = {"color": PALETTE[look % len(PALETTE)], "edgecolor": "white"}
        hatch = HATCHES[look % len(HATCHES)]
        self.axes.bar(across, heights, width, label=label, hatch=hatch, **fill)
        self.axes.set_xticks(places, names)
        self.axes.grid(False, axis="x")
        self.axes.margins(y=0.15)
        for place, height in zip(across, heights, strict=True):
            self._words((place, height), number.format(height), (0, 4 if height >= 0 else -4), look)

    @_in_house
    def arrows(
        self,
        x: ArrayLike,
        y: ArrayLike,
        dx: ArrayLike,
        dy: ArrayLike,
        words: Sequence[str] = (),
        *,
        look: int = 0,
        offsets: Pair | Sequence[Pair] = (0, 8),
    ) -> None:
        """Arrows, such as gradients on bars, or vectors in the plane.

        Args:
            x: where each starts, an array of one dimension.
            y: how high each starts.
            dx: how far each goes to the right; one number for all, or one for each.
            dy: how far each goes up, likewise.
            words: a text for the tip of each; none for no words.
            look: see `Panel`.
            offsets: how far the words stand from the tips: one pair for all, or one for each.

        Raises:
            TypeError: an argument is no array of numbers.
            ValueError: there are not as many of one as of another.
        """
        x, y = _pairs(x, y)
        ends = np.stack([x + _numbers("dx", dx), y + _numbers("dy", dy)], axis=1)
        style = {"arrowstyle": "-|>,head_width=0.3,head_length=0.6", "linewidth": 2}
        style |= {"color": PALETTE[look % len(PALETTE)], "shrinkA": 0, "shrinkB": 0}
        for start, end in zip(zip(x, y, strict=True), ends, strict=True):
            self.axes.annotate("", end, start, arrowprops=style, annotation_clip=False)
        self.axes.update_datalim([*zip(x, y, strict=True), *ends])
        self.axes.autoscale_view()
        if len(words):
            apart = np.broadcast_to(np.asarray(offsets), (x.size, 2))
            for end, text, offset in zip(ends, words, apart, strict=True):
                self._words(end, text, offset, look)

    @_in_house
    def ring(
        self,
        x: float,
        y: float,
        radius: float,
        words: str = "",
        *,
        look: int = 0,
        offset: Pair = (0, 6),
    ) -> None:
        """A circle in the plane, with words above its top. See `plane`."""
        from matplotlib.patches import Circle

        look_of = {"edgecolor": PALETTE[look % len(PALETTE)], "linestyle": DASHES[look % 6]}
        self.axes.add_patch(Circle((x, y), radius, fill=False, linewidth=1.8, **look_of))
        self.axes.autoscale_view()
        self._words((x, y + radius), words, offset, look)

    @_in_house
    def plane(self) -> None:
        """Make both directions count the same, so that rings are round."""
        self.axes.set_aspect("equal")

    @_in_house
    def cells(
        self,
        values: ArrayLike,
        rows: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
        *,
        number: str = "{:.2f}",
        words: ArrayLike | None = None,
    ) -> None:
        """A matrix of N rows and C columns, with its numbers written into the cells.

        Args:
            values: an array of two dimensions.
            rows: a name for each row; None for none.
            columns: a name for each column.
            number: the form in which a number is written; empty for none.
            words: a text for each cell, in nested lists, below its number or, without one, in the
                middle; None for none.

        Raises:
            TypeError: `values` is no array of numbers.
            ValueError: `values` has not two dimensions, or there are not as many names or words.
        """
        from matplotlib.colors import LinearSegmentedColormap

        values = _numbers("values", values)
        if values.ndim != 2:
            checks.refuse("values", "two dimensions", f"shape {values.shape}")
        N, C = values.shape
        shades = LinearSegmentedColormap.from_list("shades", ["white", PALETTE[0]])
        words = np.full(values.shape, "") if words is None else np.asarray(words)
        checks.same_shape(values=values, words=words)
        edge = {"edgecolor": GREY, "linewidth": 0.8}
        drawn = self.axes.pcolormesh(values, cmap=shades, label="cells", **edge)
        for (row, column), value in np.ndenumerate(values):
            ink = "white" if drawn.norm(value) > 0.9 else "black"
            place = {"ha": "center", "va": "center", "color": ink, "label": IN_CELL}
            self.axes.text(column + 0.5, row + 0.5, number.format(value), **place)
            if words[row, column]:
                look = {"textcoords": "offset points", "fontsize": 10, "color": ink}
                look |= {"ha": "center", "va": "top" if number else "center"}
                middle, down = (column + 0.5, row + 0.5), (0, -9 if number else 0)
                self.axes.annotate(words[row, column], middle, down, annotation_clip=False, **look)
        for axis, count, names in ((self.axes.yaxis, N, rows), (self.axes.xaxis, C, columns)):
            axis.set_ticks(np.arange(count) + 0.5, [""] * count if names is None else names)
            axis.set_tick_params(length=0)
        self.axes.invert_yaxis()
        self.axes.grid(False)
        self.axes.spines[:].set_visible(False)

    def _markers(self, x: ArrayLike, y: ArrayLike, marker: str, label: str, **look: Any) -> None:
        """Draw markers without a line between them."""
        self.axes.plot(x, y, marker, label=label, clip_on=False, zorder=3, **look)

    def _words(
        self, place: Pair, words: str, offset: Pair, look: int | None = None, **settings: Any
    ) -> Any:
        """Write words at an offset from a place, on the side that the offset says."""
        right, up = map(float, offset)
        ink = GREY if look is None else INKS[look % len(INKS)]
        across, upwards = (np.sign(right) + 1) / 2, (np.sign(up) + 1) / 2
        leader = {"arrowstyle": "-", "color": ink, "linewidth": 0.9, "shrinkA": 1, "shrinkB": 5}
        leader["relpos"] = (1 - across, 0.5 if right else 1 - upwards)
        settings = {
            "xycoords": "data",
            "ha": ("right", "center", "left")[round(2 * across)],
            "va": ("top", "center", "bottom")[round(2 * upwards)],
            "arrowprops": leader if np.hypot(right, up) > LEADER else None,
        } | settings
        return self.axes.annotate(
            words,
            place,
            (right, up),
            textcoords="offset points",
            color=ink,
            annotation_clip=False,
            **settings,
        )


def _blank(height: float) -> Any:
    """A figure outside pyplot, which would keep and show it, as wide as the page's text."""
    from matplotlib.figure import Figure

    return Figure(figsize=(FULL_WIDTH, height), dpi=POINTS)


def _pairs(x: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Two arrays of one dimension and the same length."""
    x, y = np.atleast_1d(_numbers("x", x)), np.atleast_1d(_numbers("y", y))
    checks.same_shape(x=x, y=y)
    return x, y


def _numbers(name: str, values: ArrayLike) -> FloatArray:
    """An array to draw, to seven digits of its largest: what processors differ by is not drawn."""
    numbers = checks.real(name, values)
    largest = np.max(np.abs(numbers), initial=0.0, where=np.isfinite(numbers))
    return np.round(numbers, 6 - int(np.floor(np.log10(largest)))) if largest else numbers


def _parts(x: FloatArray, y: FloatArray, jumps: Iterable[float]) -> Iterator[FloatArray]:
    """The parts of a curve between its jumps, each with its x and its y.

    A part goes on up to the jump, as straight as between its last two points.
    """
    for left, right in pairwise([-np.inf, *jumps, np.inf]):
        here = (left < x) & (x < right)
        part = [np.stack([x[here], y[here]])]
        if np.isfinite(left):
            part.insert(0, _straight(part[0][:, :2], left))
        if np.isfinite(right):
            part.append(_straight(part[-1][:, -2:], right))
        yield np.concatenate(part, axis=1)


def _straight(points: FloatArray, x: float) -> FloatArray:
    """The point at some x on the line through two points; each of the three is a column."""
    one, other = points.T
    slope = (other[1] - one[1]) / (other[0] - one[0])
    return np.array([[x], [one[1] + slope * (x - one[0])]])


def _figure(rows: int, height: float) -> tuple[Any, Any]:
    """A figure outside pyplot, which would keep and show it, and its axes from top to bottom.

    They are as wide as the figure, and share their x.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=POINTS)
    return figure, figure.subplots(rows, sharex=True, squeeze=False)[:, 0]


def _picture(figure: Any) -> Picture:
    """A `Picture` of a finished figure."""
    _finish(figure)
    return Picture(figure)


def _finish(figure: Any) -> None:
    """Lay a figure out, once: a second time would move it a little."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    if isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine):
        figure.get_layout_engine().execute(figure)
        figure.set_layout_engine("none")
        for axes in figure.axes:
            _spread([words for words in axes.texts if words.get_label() == END])


def _spread(names: list[Any]) -> None:
    """Move names at the ends of lines up and down, as little as keeps them a line apart."""
    if not names:
        return
    names.sort(key=lambda name: name.axes.transData.transform(name.xy)[1])
    heights = [name.axes.transData.transform(name.xy)[1] for name in names]
    apart = LINE_HEIGHT * names[0].get_fontsize() * np.arange(len(names))
    for name, old, new in zip(names, heights, _rising(heights - apart) + apart, strict=True):
        across, up = name.xyann
        name.xyann = across, up + new - old


def _rising(values: FloatArray) -> FloatArray:
    """The numbers nearest to `values` that never fall: neighbours that fall become their mean."""
    blocks = []
    for value in values:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (first, m), (second, n) = blocks[-2:]
            blocks[-2:] = [[(m * first + n * second) / (m + n), m + n]]
    return np.array([mean for mean, count in blocks for _ in range(count)])


def _describe_axes(axes: Any) -> Iterator[str]:
    """Lines of text on one pair of axes and all that is drawn in it."""
    title = f" '{axes.get_title()}'" if axes.get_title() else ""
    ticks = ""
    if axes.containers:
        ticks = f", ticks {', '.join(label.get_text() for label in axes.get_xticklabels())}"
    yield f"axes{title}: x '{axes.get_xlabel()}', y '{axes.get_ylabel()}'{ticks}"
    for line in axes.lines:
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        name = "" if line.get_label().startswith("_") else f" '{line.get_label()}'"
        if line.get_linestyle() == "None":
            yield from _listed(f"  points{name}", x, y)
            continue
        span = f", x from {_tidy(x[0])} to {_tidy(x[-1])}" if x.size else ""
        yield f"  line{name}: {x.size} points{span}"
        yield f"    y {_summary(y)}"
    for container in axes.containers:
        heights = np.array([bar.get_height() for bar in container])
        yield f"  {heights.size} bars '{container.get_label()}'"
        yield f"    {_summary(heights)}"
    for drawn in axes.images:
        values = np.asarray(drawn.get_array())
        yield f"  image of {' × '.join(map(str, values.shape))}"
        yield f"    {_summary(values.ravel())}"
    for drawn in axes.collections:
        if not drawn.get_label().startswith("_"):
            yield from _describe_collection(drawn)
    for ring in axes.patches:
        if hasattr(ring, "center"):
            yield f"  ring of radius {_tidy(ring.radius)} around {_place(ring.center)}"
    for words in axes.texts:
        if words.get_label() == IN_CELL:
            continue
        if words.get_text():
            text = words.get_text().replace("\n", " ")
            yield f"  words '{text}' at {_place(words.xy)}"
        else:
            yield f"  arrow from {_place(words.xyann)} to {_place(words.xy)}"


def _describe_collection(drawn: Any) -> Iterator[str]:
    """Lines of text on the cells of a matrix, or on the area between two curves."""
    values = drawn.get_array()
    if values is not None:
        yield f"  {' × '.join(map(str, values.shape))} {drawn.get_label()}"
        yield f"    {_summary(np.asarray(values).ravel())}"
    else:
        corners = drawn.get_paths()[0].vertices
        yield f"  area '{drawn.get_label()}': {len(corners)} corners"
        yield f"    y {_summary(corners[:, 1])}"


def _listed(title: str, x: Array, y: Array, most: int = 8) -> Iterator[str]:
    """Lines of text on places: one by one, or in a summary where there are many."""
    if x.size <= most:
        places = ", ".join(_place(place) for place in zip(x, y, strict=True))
        yield f"{title}: {places or 'none'}"
    else:
        yield f"{title}: {x.size}"
        yield f"    x {_summary(x)}"
        yield f"    y {_summary(y)}"


def _place(place: Iterable[float]) -> str:
    """A place as text: its x and its y."""
    return f"({', '.join(_tidy(value, 4) for value in place)})"


def _summary(values: Array) -> str:
    """Numbers by which a change of the data shows: ends, extremes, and a checksum of all.

    The checksum weighs each value by its place, so that no two can be exchanged. It is rounded to
    nine digits: far finer than a drawn line, far coarser than what processors differ by.
    """
    finite = np.isfinite(values)
    if not finite.any():
        return f"no finite value among {values.size}"
    held = np.where(finite, values, 0.0)
    checksum = np.sum(held * np.arange(1, values.size + 1)) / values.size
    missing = f", {np.count_nonzero(~finite)} not finite" if not finite.all() else ""
    return (
        f"from {_tidy(values[0])} to {_tidy(values[-1])}, least {_tidy(values[finite].min())}, "
        f"most {_tidy(values[finite].max())}, checksum {_tidy(checksum, 9)}{missing}"
    )


def _tidy(value: float, digits: int = 6) -> str:
    """A number as text; what is 0 but for rounding is 0."""
    return f"{round(float(value), 9) + 0.0:.{digits}g}"
