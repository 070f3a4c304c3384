"""What the bare paper of a page looks like, light and shadow included, whatever is written on it.

The page is cut into small cells; the median of a cell is paper, as ink covers less than half of it. Medians over
neighbouring cells follow gradients and the edges of shadows. Where a stroke is so thick that it fills whole cells, the
local medians would take it for paper: there, the even slope that fits the page as a whole stands in.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

CELLS = 48  # along the longer side
SAMPLES = 12  # pixels looked at along each side of a cell
NEIGHBOURS = 5  # cells along the side of the window of the local median
CLOSE_UP = 64  # pictures with a longer side below this show one digit or number: no room for shadows beside it
DIFFERENT = 4.0  # grey levels between local paper and the even slope
STROKE_DIFFERENT = 25.0  # and somewhere so many, if it is a thick stroke and not a shadow
BLOT_SHARE = 0.2  # of the page: what is smaller and inside may be as thick as it likes
STROKE_THICKNESS = 0.45  # of its length: what is thicker is a shadow, a sheet or a table
STROKE_CONTACT = 0.2  # of the rim of the page: what lies along more of it, likewise
STROKE_EDGE = 0.4  # of its depth, from one cell to the next: what is softer is a glare, or the shadow of something far
HALO = 2  # cells around a thick stroke that it may have darkened
ROUNDS = 5  # of the fit of the slope, each without what lay too far from the last
MANY = 10_000  # pixels are enough to tell the noise from
QUIET, QUIET_SIGMAS = 0.4, 0.5244  # a share of the page that is surely paper; so much of a normal one is so near

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


def paper(page: npt.NDArray[np.uint8]) -> Floats:
    """Return the grey that each cell of a page would have without ink; `enlarge` makes pixels of it.

    Examples
    --------
    >>> page = np.full((100, 150), 200, np.uint8)
    >>> page[40:60, 70:74] = 30
    >>> np.unique(paper(page)).tolist()
    [200.0]
    """
    grid = _medians(page, _cell(page.shape))
    slope = _slope(grid)
    if max(page.shape) < CLOSE_UP:
        return slope
    local = ndimage.median_filter(grid, NEIGHBOURS, mode="nearest")
    return np.where(_thick_strokes(grid, local, slope), slope, local)


def enlarge(grid: Floats, shape: tuple[int, ...]) -> Floats:
    """Return one value a pixel of the page, linear between the centres of its cells."""
    cell = _cell(shape)
    if cell == 1:
        return grid
    rows, columns = grid.shape
    large: Any = Image.fromarray(grid).resize((columns * cell, rows * cell), Image.Resampling.BILINEAR)
    return np.asarray(large)[: shape[0], : shape[1]]


def darkest(grid: Floats) -> Floats:
    """Return the darkest paper of each cell and those around it: nothing at the edge of a shadow is darker."""
    return ndimage.minimum_filter(grid, NEIGHBOURS, mode="nearest")


def noise(residual: Floats, where: Bools | None = None) -> float:
    """Return the standard deviation of the paper around its own level; ink, being less than half, has no say.

    Where the paper is black or white and its noise is cut off at one side, neighbours still differ. ``where`` is what
    may be paper; everything, unless told.
    """
    step = max(1, int((residual.size / MANY) ** 0.5))
    rows = residual[::step]
    differences = (abs(np.diff(rows, axis=1)) / np.float32(2**0.5))[:, ::step]
    if where is None:
        sample = rows[:, ::step]
    else:
        inside = where[::step]
        differences = differences[(inside[:, 1:] & inside[:, :-1])[:, ::step]]
        sample = residual[where][:: step * step]
    distances = abs(sample - np.median(sample))
    return max(float(np.quantile(some, QUIET)) for some in (distances, differences) if some.size) / QUIET_SIGMAS


def _cell(shape: tuple[int, ...]) -> int:
    return max(1, -(-max(shape) // CELLS))


def _medians(page: npt.NDArray[np.uint8], cell: int) -> Floats:
    """The median of each cell, over an even choice of its pixels."""
    height, width = page.shape
    rows, columns = -(-height // cell), -(-width // cell)
    within = np.unique(np.linspace(0, cell - 1, min(cell, SAMPLES)).round().astype(np.intp))
    y = np.minimum(np.arange(rows)[:, None] * cell + within, height - 1).ravel()
    x = np.minimum(np.arange(columns)[:, None] * cell + within, width - 1).ravel()
    samples = page[y][:, x].reshape(rows, len(within), columns, len(within)).transpose(0, 2, 1, 3)
    return np.asarray(np.median(samples.reshape(rows, columns, -1), axis=-1), np.float32)


def _slope(grid: Floats) -> Floats:
    """The plane that most cells lie on: fitted by least squares, again and again without the outliers."""
    rows, columns = grid.shape
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    terms = np.stack([np.ones(grid.size), x.ravel() * (columns > 1), y.ravel() * (rows > 1)], axis=1)
    values = grid.ravel().astype(np.float64)
    fit = np.full(grid.size, np.median(values))
    last = np.zeros(grid.size, bool)
    for _ in range(ROUNDS):
        distance = abs(values - fit)
        near = distance <= max(2.0, 3 * float(np.median(distance)))
        if (near == last).all():
            break
        inside, last = terms[near], near
        fit = terms @ (np.linalg.pinv(inside.T @ inside) @ (inside.T @ values[near]))
    return fit.reshape(grid.shape).astype(np.float32)


def _thick_strokes(grid: Floats, local: Floats, slope: Floats) -> Bools:
    """Cells that local medians take for paper of another grey, but that are the inside of a thick stroke."""
    regions, count = ndimage.label(abs(local - slope) > DIFFERENT, np.ones((3, 3)))
    if count == 0:
        return regions > 0
    most = ndimage.maximum(abs(grid - slope), regions, np.arange(count + 1))
    share = np.bincount(regions.ravel()) / regions.size
    rim = np.concatenate([*regions[[0, -1]], *regions[:, [0, -1]].T])
    contact = np.bincount(rim, minlength=count + 1) / len(rim)
    thin = _thickness(regions, abs(grid - slope) > most[regions] / 2) < STROKE_THICKNESS
    stroke = (most > STROKE_DIFFERENT) & (thin & (contact < STROKE_CONTACT) | (contact == 0) & (share < BLOT_SHARE))
    stroke &= _edges(local, slope, regions) > STROKE_EDGE
    stroke[0] = False
    inside = stroke[regions]
    around = ndimage.maximum_filter(inside, 2 * HALO + 1)
    return np.asarray(around & (inside | (regions == 0)))


def _edges(local: Floats, slope: Floats, regions: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The greatest step between neighbouring cells of each region, in the region's depth."""
    steps = [abs(np.diff(local, axis=axis, append=np.take(local, [-1], axis))) for axis in (0, 1)]
    numbers = np.arange(regions.max() + 1)
    depth = ndimage.maximum(abs(local - slope), regions, numbers)
    return np.asarray(ndimage.maximum(np.maximum(*steps), regions, numbers) / np.maximum(depth, 1e-9))


def _thickness(regions: npt.NDArray[Any], inside: Bools) -> npt.NDArray[np.float64]:
    """The greatest thickness of the inside of each region, in lengths of the region."""
    depth = ndimage.distance_transform_edt(inside & (regions > 0))
    long = [max(s.stop - s.start for s in place) for place in ndimage.find_objects(regions)]
    return np.asarray(2 * ndimage.maximum(depth, regions, np.arange(len(long) + 1)) / np.array([1, *long]))
