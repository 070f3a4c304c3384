"""Evens out the light on a page: estimates the bare paper, and how much darker than the paper each pixel is.

The page is divided into small cells. The median of a cell is paper, because ink covers less than half of it. Medians
over neighbouring cells follow gradients and the edges of shadows. If a stroke is so thick that it fills whole cells,
the local medians would mistake it for paper; there, a plane fitted to the whole page is used instead. This module does
not decide what is ink, only whether ink is darker than paper.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from mnist_nn.imaging.clean.noise import estimate_noise

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Page = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class LightParameters:
    """Parameters for separating light from ink, chosen on pages of digits (docs/explanation/reading.md)."""

    cells_along_longer_side: int = 48
    """Small enough to follow the edge of a shadow, large enough that ink covers less than half of a cell."""
    samples_along_cell_px: int = 12
    """Number of pixels that are used along each side of a cell: their median is that of all, within the noise."""
    median_window_cells: int = 5
    """Side of the window of the local median. A stroke as wide as two cells does not change the median."""
    least_window_px: int = 60
    """In a small picture, such as a number cut out of a page, the window is at least this wide, because strokes are
    broad."""
    close_up_side_px: int = 64
    """A picture whose longer side is below this shows one digit or number, with no room for shadows beside it."""

    slope_fit_rounds: int = 5
    """The slope of even light is fitted at most this many times, each time without the cells that were too far from
    the last fit."""
    slope_outlier_grey_levels: float = 2.0
    """Cells at least this close to the slope are always used in the next fit, so that they do not become fewer and
    fewer."""
    slope_outlier_medians: float = 3.0
    """Cells more than this many median distances from the slope are ink or shadow."""

    stroke_from_grey_levels: float = 4.0
    """Cells whose local paper differs from the even slope by more than this may be the inside of a stroke."""
    stroke_peak_grey_levels: float = 25.0
    """A thick stroke differs by more than this somewhere. A shadow may be fainter."""
    stroke_thickness_share_of_length: float = 0.45
    """A thicker region is a shadow, a sheet of paper or a table."""
    stroke_contact_share_of_rim: float = 0.2
    """A region that covers more of the edge of the page than this is not a stroke either."""
    stroke_edge_share_of_depth: float = 0.4
    """A stroke reaches this share of its depth from one cell to the next. Glare and shadows of distant things are
    softer."""
    stroke_halo_cells: int = 2
    """Cells around a thick stroke that it may have darkened."""
    blot_share_of_page: float = 0.2
    """A region smaller than this that does not touch the edge is ink, however thick: a digit that fills its picture."""

    polarity_sample_px: int = 100_000
    """Number of pixels that determine the polarity; more would only take longer."""
    polarity_noise_sigmas: float = 3.0
    """Pixels that differ from the paper by fewer standard deviations of the noise do not affect the polarity."""
    polarity_margin_grey_levels: float = 4.0
    """This is added to that limit, for paper without any noise."""

    least_ground_below_dark_ink_grey_levels: float = 64.0
    """Dividing by darker paper, in deep shadow, would make its noise large."""
    least_ground_below_light_ink_grey_levels: float = 128.0
    """The same for the negative of a blackboard, which is lighter."""
    noisy_from_sigma: float = 0.02
    """A page is smoothed if the noise of its paper is at least this share of its light."""
    smoothing_sigma_px: float = 1.0
    """Standard deviation of the Gaussian that smooths a noisy page: thinner than a stroke."""

    even_grey_levels: float = 10.0
    """If neighbouring cells differ by less than this, there is no edge of a shadow between them."""


LIGHT = LightParameters()


@dataclass(frozen=True, eq=False)
class Shadow:
    """The data for telling the edge of a shadow from ink: ink is darker than all paper near it."""

    below_paper: Floats
    """Shape (height, width): by how many grey levels a pixel is darker than the darkest paper near it."""
    ground: Floats
    """Shape (height, width): the grey levels of that paper."""


@dataclass(frozen=True, eq=False)
class EvenPage:
    """A page with its light evened out."""

    dark: bool
    """Whether ink is darker than its paper."""
    evened: Floats
    """Shape (height, width): the share of the paper's light that a pixel lacks, 0 for paper and up to 1 for ink."""
    noise: float
    """Standard deviation of bare paper in ``evened``."""
    shadow: Shadow | None
    """None where the light is so even that no shadow has an edge."""


def even_out_light(page: Page, parameters: LightParameters = LIGHT, *, local: bool = True) -> EvenPage:
    """Remove light and shadow from a page, uint8 grey levels of shape (height, width).

    ``local`` says whether the light may vary locally instead of only forming a slope; small pictures have no room for
    that.

    Examples
    --------
    >>> page = np.full((100, 150), 200, np.uint8)
    >>> page[40:60, 70:74] = 30
    >>> even = even_out_light(page)
    >>> even.dark, even.evened[0, 0].item(), round(even.evened[50, 72].item(), 2)
    (True, 0.0, 0.85)
    """
    p = parameters
    grid = paper_grid(page, p, local=local)
    dark = _is_dark(page, grid, p)
    written, grid = (page, grid) if dark else (255 - page, 255 - grid)  # chalk on a board is ink in the negative
    least = p.least_ground_below_dark_ink_grey_levels if dark else p.least_ground_below_light_ink_grey_levels
    evened, noise = _divide(written, enlarge(grid, page.shape, p), least, p)
    return EvenPage(dark, evened, noise, _find_shadow(written, grid, p))


def paper_grid(page: Page, parameters: LightParameters = LIGHT, *, local: bool = True) -> Floats:
    """Return the grey level that each cell of a page would have without ink; `enlarge` turns cells into pixels.

    Examples
    --------
    >>> page = np.full((100, 150), 200, np.uint8)
    >>> page[40:60, 70:74] = 30
    >>> np.unique(paper_grid(page)).tolist()
    [200.0]
    """
    grid = _take_medians(page, _cell_px(page.shape, parameters), parameters)
    slope = _fit_slope(grid, parameters)
    if not local:
        return slope
    window = max(parameters.median_window_cells, parameters.least_window_px // _cell_px(page.shape, parameters) | 1)
    # beside the slope and mirrored, because at the rim the window has one side of the paper, and perhaps a printed line
    medians = slope + ndimage.median_filter(grid - slope, window, mode="mirror")
    return np.where(_find_thick_strokes(grid, medians, slope, parameters), slope, medians)


def enlarge(grid: Floats, shape: tuple[int, ...], parameters: LightParameters = LIGHT) -> Floats:
    """Return one value per pixel of a page of this shape, linear between the centres of its cells."""
    cell = _cell_px(shape, parameters)
    if cell == 1:
        return grid
    rows, columns = grid.shape
    large: Any = Image.fromarray(grid).resize((columns * cell, rows * cell), Image.Resampling.BILINEAR)
    return np.asarray(large)[: shape[0], : shape[1]]


def _darkest_near(grid: Floats, p: LightParameters) -> Floats:
    """The darkest paper of each cell and those around it: nothing at the edge of a shadow is darker."""
    return ndimage.minimum_filter(grid, p.median_window_cells, mode="nearest")


def _cell_px(shape: tuple[int, ...], p: LightParameters) -> int:
    return max(1, -(-max(shape) // p.cells_along_longer_side))


def _take_medians(page: Page, cell: int, p: LightParameters) -> Floats:
    """The median of each cell, over an even choice of its pixels."""
    height, width = page.shape
    rows, columns = -(-height // cell), -(-width // cell)
    within = np.unique(np.linspace(0, cell - 1, min(cell, p.samples_along_cell_px)).round().astype(np.intp))
    y = np.minimum(np.arange(rows)[:, None] * cell + within, height - 1).ravel()
    x = np.minimum(np.arange(columns)[:, None] * cell + within, width - 1).ravel()
    samples = page[y][:, x].reshape(rows, len(within), columns, len(within)).transpose(0, 2, 1, 3)
    return np.asarray(np.median(samples.reshape(rows, columns, -1), axis=-1), np.float32)


def _fit_slope(grid: Floats, p: LightParameters) -> Floats:
    """The plane that most cells lie on: fitted by least squares, again and again without the outliers."""
    rows, columns = grid.shape
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    terms = np.stack([np.ones(grid.size), x.ravel() * (columns > 1), y.ravel() * (rows > 1)], axis=1)
    values = grid.ravel().astype(np.float64)
    fit = np.full(grid.size, np.median(values))
    last = np.zeros(grid.size, bool)
    for _ in range(p.slope_fit_rounds):
        distance = abs(values - fit)
        near = distance <= max(p.slope_outlier_grey_levels, p.slope_outlier_medians * float(np.median(distance)))
        if (near == last).all():
            break
        inside, last = terms[near], near
        fit = terms @ (np.linalg.pinv(inside.T @ inside) @ (inside.T @ values[near]))
    return fit.reshape(grid.shape).astype(np.float32)


def _find_thick_strokes(grid: Floats, local: Floats, slope: Floats, p: LightParameters) -> Bools:
    """Cells that local medians take for paper of another grey, but that are the inside of a thick stroke."""
    regions, count = ndimage.label(abs(local - slope) > p.stroke_from_grey_levels, np.ones((3, 3)))
    if count == 0:
        return regions > 0
    most = ndimage.maximum(abs(grid - slope), regions, np.arange(count + 1))
    share = np.bincount(regions.ravel()) / regions.size
    rim = np.concatenate([*regions[[0, -1]], *regions[:, [0, -1]].T])
    contact = np.bincount(rim, minlength=count + 1) / len(rim)
    thin = _measure_thickness(regions, abs(grid - slope) > most[regions] / 2) < p.stroke_thickness_share_of_length
    blot = (contact == 0) & (share < p.blot_share_of_page)
    stroke = (most > p.stroke_peak_grey_levels) & (thin & (contact < p.stroke_contact_share_of_rim) | blot)
    stroke &= _measure_edges(local, slope, regions) > p.stroke_edge_share_of_depth
    stroke[0] = False
    inside = stroke[regions]
    around = ndimage.maximum_filter(inside, 2 * p.stroke_halo_cells + 1)
    return np.asarray(around & (inside | (regions == 0)))


def _measure_edges(local: Floats, slope: Floats, regions: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The greatest step between neighbouring cells of each region, as a share of the region's depth."""
    steps = [abs(np.diff(local, axis=axis, append=np.take(local, [-1], axis))) for axis in (0, 1)]
    numbers = np.arange(regions.max() + 1)
    depth = ndimage.maximum(abs(local - slope), regions, numbers)
    return np.asarray(ndimage.maximum(np.maximum(*steps), regions, numbers) / np.maximum(depth, 1e-9))


def _measure_thickness(regions: npt.NDArray[Any], inside: Bools) -> npt.NDArray[np.float64]:
    """The greatest thickness of the inside of each region, as a share of the region's length."""
    depth = ndimage.distance_transform_edt(inside & (regions > 0))
    long = [max(s.stop - s.start for s in place) for place in ndimage.find_objects(regions)]
    return np.asarray(2 * ndimage.maximum(depth, regions, np.arange(len(long) + 1)) / np.array([1, *long]))


def _is_dark(page: Page, grid: Floats, p: LightParameters) -> bool:
    """Whether more of what stands out from all paper nearby is darker than it."""
    step = max(1, int((page.size / p.polarity_sample_px) ** 0.5))
    sample = page[::step, ::step].astype(np.float32)
    low, high = (
        enlarge(near, page.shape, p)[::step, ::step] for near in (_darkest_near(grid, p), -_darkest_near(-grid, p))
    )
    apart = p.polarity_noise_sigmas * estimate_noise(sample - low) + p.polarity_margin_grey_levels
    below, above = np.maximum(low - sample - apart, 0), np.maximum(sample - high - apart, 0)
    return float(np.vdot(below, below)) >= float(np.vdot(above, above))


def _divide(written: Page, ground: Floats, least: float, p: LightParameters) -> tuple[Floats, float]:
    """The share of the paper's light that each pixel lacks, smoothed where it is noisy; and the noise of the paper."""
    evened = np.asarray((ground - written) / np.maximum(ground, least), np.float32)
    noise = estimate_noise(evened)
    if noise <= p.noisy_from_sigma:
        return evened, noise
    evened = ndimage.gaussian_filter(evened, p.smoothing_sigma_px)
    return evened, estimate_noise(evened)


def _find_shadow(written: Page, grid: Floats, p: LightParameters) -> Shadow | None:
    darkest = _darkest_near(grid, p)
    if float((grid - darkest).max()) < p.even_grey_levels:
        return None
    low = enlarge(darkest, written.shape, p)
    return Shadow(low - written, np.maximum(low, p.least_ground_below_dark_ink_grey_levels))
