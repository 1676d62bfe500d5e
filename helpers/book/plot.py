"""The pictures of the book: curves of losses and gradients, images of pixels, bars.

Each function returns a `Picture`, which a notebook shows as SVG. Beside the drawing a `Picture`
carries a description of the drawn data in text, so that a check of printed outputs notices when a
picture changes, and whoever cannot see it still reads its numbers.

The palette is Okabe and Ito's, which colour-blind readers can tell apart; lines also differ in
their dashes. The background is transparent. matplotlib is imported when something is drawn.
"""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import wraps
from itertools import cycle

import numpy as np

from helpers import checks

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


def _styled(draw):
    """Draw with the style of this module, and leave matplotlib's own settings as they are."""

    @wraps(draw)
    def styled(*args, **kwargs):
        import matplotlib as mpl

        with mpl.rc_context(STYLE), warnings.catch_warnings():
            # On a busy machine the search for the best place of a legend takes long. It ends, and
            # in the same place; that it took long is nobody's concern.
            warnings.filterwarnings("ignore", "Creating legend with loc")
            return draw(*args, **kwargs)

    return styled


@dataclass(frozen=True, repr=False)
class Picture:
    """A matplotlib figure that shows as SVG, with a description of its data beside it.

    Attributes:
        figure: the `matplotlib.figure.Figure`, to be changed or saved.
    """

    figure: object

    def __repr__(self):
        lines = [f"Picture: {len(self.figure.axes)} axes"]
        for axes in self.figure.axes:
            lines += _describe_axes(axes)
        return "\n".join(lines)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    @_styled
    def svg(self):
        """The drawing as SVG text: the same bytes for the same data and version of matplotlib."""
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        buffer = io.StringIO()
        # `savefig` would draw twice, in case that the layout is not final.
        FigureCanvasSVG(self.figure).print_svg(buffer, metadata={"Date": None})
        return buffer.getvalue()


@_styled
def curves(x, loss, gradient=None, *, xlabel="input", ylabel="loss"):
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
    x = checks.real("x", x)
    figure, grid = _figure(len(panels), height=2.7 * len(panels))
    for axes, (label, lines) in zip(grid, panels, strict=True):
        if not isinstance(lines, Mapping):
            checks.refuse(label, "a mapping from names to curves", type(lines).__name__, TypeError)
        for (name, y), colour, dashes in zip(lines.items(), cycle(PALETTE), cycle(DASHES)):
            y = checks.real(name, y)
            checks.same_shape(x=x, **{name: y})
            axes.plot(x, y, label=name, color=colour, linestyle=dashes)
        axes.set_ylabel(label)
    grid[-1].set_xlabel(xlabel)
    if len(loss) > 1 or gradient is None:
        grid[0].legend()
    return _picture(figure)


@_styled
def image(values, *, title="", xlabel="column", ylabel="row", colorbar="loss"):
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
    values = checks.real("values", values)
    if values.ndim != 2:
        checks.refuse("values", "two dimensions", f"shape {values.shape}")
    figure, (axes,) = _figure(1, height=3.6)
    drawn = axes.imshow(values, cmap="cividis")
    axes.grid(False)
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    figure.colorbar(drawn, label=colorbar)
    return _picture(figure)


@_styled
def bars(labels, values, *, xlabel="", ylabel="loss"):
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
        heights = checks.real(name, heights)
        checks.same_shape(labels=places, **{name: heights})
        offset = (i - (len(values) - 1) / 2) * width
        axes.bar(places + offset, heights, width, label=name, color=PALETTE[i % len(PALETTE)])
    axes.grid(False, axis="x")
    axes.set_xticks(places, labels)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if len(values) > 1:
        axes.legend()
    return _picture(figure)


def _figure(rows, height):
    """A figure outside pyplot, which would keep and show it, and its axes from top to bottom.

    They are as wide as the figure, and share their x.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=POINTS)
    return figure, figure.subplots(rows, sharex=True, squeeze=False)[:, 0]


def _picture(figure):
    """A `Picture` of a finished figure, laid out once: a second time would move it a little."""
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")
    return Picture(figure)


def _describe_axes(axes):
    """Lines of text on one pair of axes and all that is drawn in it."""
    title = f" '{axes.get_title()}'" if axes.get_title() else ""
    ticks = ""
    if axes.containers:
        ticks = f", ticks {', '.join(label.get_text() for label in axes.get_xticklabels())}"
    yield f"axes{title}: x '{axes.get_xlabel()}', y '{axes.get_ylabel()}'{ticks}"
    for line in axes.lines:
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        span = f", x from {_tidy(x[0])} to {_tidy(x[-1])}" if x.size else ""
        yield f"  line '{line.get_label()}': {x.size} points{span}"
        yield f"    y {_summary(y)}"
    for container in axes.containers:
        heights = np.array([bar.get_height() for bar in container])
        yield f"  {heights.size} bars '{container.get_label()}'"
        yield f"    {_summary(heights)}"
    for drawn in axes.images:
        values = np.asarray(drawn.get_array())
        yield f"  image of {' × '.join(map(str, values.shape))}"
        yield f"    {_summary(values.ravel())}"


def _summary(values):
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


def _tidy(value, digits=6):
    """A number as text; what is 0 but for rounding is 0."""
    return f"{round(float(value), 9) + 0.0:.{digits}g}"
