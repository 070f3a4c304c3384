"""The forms of the digits from 0 to 4, each with its ranges; which family writes which is in `families`."""

import numpy as np

from mnist_nn.data.handwriting.forms.strokes import Array, Ranges, Stroke, Strokes, arc, corner

# ---- 0 ----


def zero_oval(r: Ranges) -> Strokes:
    """One turn from the top to the left; it may end before or after its starting point."""
    rx = r(0.2, 0.5)
    return [arc((rx, 0.5), (rx, 0.5), r(-130, -40), -r(335, 410), 12)]


def zero_open(r: Ranges) -> Strokes:
    """Open at the top: the end stays away from the start."""
    rx = r(0.24, 0.45)
    return [arc((rx, 0.5), (rx, 0.5), r(-115, -70), -r(285, 335), 11)]


def zero_inner(r: Ranges) -> Strokes:
    """The end curls into the inside."""
    rx = r(0.25, 0.45)
    around = arc((rx, 0.5), (rx, 0.5), r(-100, -50), -340, 11)
    return [[*around, (rx * r(0.8, 1.1), r(0.08, 0.2)), (rx * r(0.6, 0.9), r(0.25, 0.5))]]


def zero_flick(r: Ranges) -> Strokes:
    """It ends with a stroke to the right at the top, like joined zeros in an amount."""
    rx = r(0.22, 0.4)
    return [[*arc((rx, 0.5), (rx, 0.5), r(-100, -60), -355, 11), (rx * 1.6, r(-0.02, 0.15)),
        (rx * r(2, 2.9), r(-0.08, 0.12))]]  # fmt: skip


def zero_clockwise(r: Ranges) -> Strokes:
    """From the left or the foot to the right."""
    rx = r(0.24, 0.42)
    return [arc((rx, 0.5), (rx, 0.5), r(90, 200), r(340, 395), 12)]


def zero_pointed(r: Ranges) -> Strokes:
    """An egg with a pointed top."""
    w, tip = r(0.5, 0.75), r(0.3, 0.6)
    return [[(w * tip, 0), (w * 0.08, 0.35), (0, 0.7), (w * 0.45, 1), (w, 0.65), (w * 0.85, 0.28),
        (w * tip, r(-0.02, 0.06))]]  # fmt: skip


def zero_spiral(r: Ranges) -> Strokes:
    """One full turn and a large part of a second, slightly smaller one."""
    rx, sweep = r(0.24, 0.4), r(400, 520)
    shrink = r(0.08, 0.2)
    around = arc((0.0, 0.0), (1.0, 1.0), r(-110, -60), -sweep, 16)
    inner = [1 - shrink * k / 15 for k in range(16)]
    return [[(rx + rx * x * s, 0.5 + 0.5 * y * s) for (x, y), s in zip(around, inner, strict=True)]]


# ---- 1 ----


def one_plain(r: Ranges) -> Strokes:
    """A stem alone, straight or a little bent."""
    lean, bend = r(-0.08, 0.08), r(-0.04, 0.04)
    return [[(0, 0), (lean / 2 + bend, 0.5), (lean, 1)]]


def upstroke(r: Ranges) -> tuple[Array, Array]:
    """Width and height of the upstroke of a 1: 12 to 70 % of the height long, and 20 to 65 degrees off the vertical."""
    length, angle = r(0.12, 0.7), np.radians(r(20, 65))
    return length * np.sin(angle), length * np.cos(angle)


def one_upstroke(r: Ranges) -> Strokes:
    """Upstroke and stem in one stroke."""
    wide, high = upstroke(r)
    lean, bulge = r(-0.06, 0.08), r(-0.04, 0.06)
    return [[(-wide, high), (-wide / 2 - bulge, high / 2 - bulge), *corner(0, 0), (-lean / 2, 0.5), (-lean, 1)]]


def foot(r: Ranges, x: float | Array) -> Stroke:
    """A stroke under the stem."""
    return [(x - r(0.12, 0.32), 1 + r(-0.03, 0.03)), (x + r(0.1, 0.34), 1 + r(-0.03, 0.03))]


def one_foot(r: Ranges) -> Strokes:
    """A stem on a foot."""
    lean = r(-0.05, 0.06)
    return [[(lean, 0), (lean / 2, 0.5), (0, 1)], foot(r, 0)]


def one_upstroke_foot(r: Ranges) -> Strokes:
    """As in print: an upstroke, a stem and a foot."""
    return [*one_upstroke(r), foot(r, 0)]


def one_curved_upstroke(r: Ranges) -> Strokes:
    """The upstroke swings up and runs into the stem without a corner."""
    wide, high = upstroke(r)
    lean = r(-0.06, 0.08)
    return [[(-wide, high), (-wide * 0.45, high * r(0.6, 0.85)), (-0.02, 0.02), (0.01, 0.12),
        (-lean / 2, 0.5), (-lean, 1)]]  # fmt: skip


def one_flag(r: Ranges) -> Strokes:
    """The flag is drawn by itself, from the top downwards, after the stem."""
    wide, high = upstroke(r)
    droop = r(0.0, 0.07)
    return [[(0, 0), (r(-0.03, 0.03), 0.5), (0, 1)], [(r(-0.02, 0.03), r(-0.02, 0.05)),
        (-wide / 2, high / 2 + droop), (-wide, high)]]  # fmt: skip


def one_flag_foot(r: Ranges) -> Strokes:
    """A flag, a stem, and a foot that begins in the stem and waves."""
    wave = r(0.01, 0.05)
    foot = [(-r(0.15, 0.3), 1 + wave), (-0.05, 1 - wave), (0.1, 1 + wave), (r(0.2, 0.36), 1 - wave)]
    return [*one_flag(r), foot]


# ---- 2 ----


def two_top(r: Ranges, w: Array) -> Stroke:
    """From the hook on the left over the top to the right side."""
    start = r(0.12, 0.36)
    return [(w * 0.04, start), (w * 0.2, start * 0.4), (w * 0.52, 0), (w * 0.88, 0.13), (w * 0.93, 0.3)]


def two_flat(r: Ranges) -> Strokes:
    """A round top, a straight way down, a corner, a level foot."""
    w = r(0.45, 0.8)
    right = r(0.9, 1.15)
    return [[*two_top(r, w), (w * 0.6, 0.62), *corner(w * r(-0.02, 0.08), r(0.93, 1)),
        (w * 0.5, r(0.94, 1)), (w * right, r(0.9, 1.03))]]  # fmt: skip


def two_looped(r: Ranges) -> Strokes:
    """A small loop at the lower left."""
    w, loop = r(0.5, 0.85), r(0.08, 0.24)
    left = [(w * 0.5, 0.72), (w * 0.16, 0.98), (w * -0.02, 1 - loop * 0.5), (w * 0.14, 1 - loop), (w * 0.4, 0.93)]
    return [[*two_top(r, w), *left, (w * 0.72, 1), (w * r(0.95, 1.25), r(0.86, 1.0))]]


def two_swan(r: Ranges) -> Strokes:
    """The foot is a wave."""
    w = r(0.5, 0.8)
    wave = r(0.02, 0.08)
    return [[*two_top(r, w), (w * 0.62, 0.6), (w * 0.1, 0.95), (w * 0.3, 0.93 - wave),
        (w * 0.65, 0.98 + wave / 2), (w * r(0.95, 1.2), 0.98 - wave)]]  # fmt: skip


def two_angular(r: Ranges) -> Strokes:
    """Nearly a Z: a short top, then straight to a sharp corner."""
    w = r(0.45, 0.75)
    top = [(w * 0.02, r(0.04, 0.2)), (w * 0.4, r(0, 0.04)), (w * 0.85, 0.05), (w * 0.93, 0.16)]
    return [[*top, (w * 0.5, 0.58), *corner(0, 1), (w * r(0.85, 1.2), r(0.93, 1.03))]]


def two_round_corner(r: Ranges) -> Strokes:
    """The downstroke curves into the foot."""
    w = r(0.48, 0.75)
    return [[(w * 0.1, r(0.15, 0.3)), (w * 0.3, 0.02), (w * 0.75, 0.04), (w * 0.9, 0.28), (w * 0.5, 0.62),
        (w * 0.06, 0.86), (w * 0.1, 0.99), (w * 0.5, 1), (w * r(0.9, 1.15), r(0.92, 1))]]  # fmt: skip


def two_curled(r: Ranges) -> Strokes:
    """Begins with a curl inside the bow and ends in a loop that rises to the right."""
    w, curl = r(0.5, 0.8), r(0.05, 0.14)
    begin = [(w * 0.34, 0.2 + curl), (w * 0.14, 0.22 + curl), (w * 0.06, 0.14), (w * 0.35, 0),
        (w * 0.8, 0.08), (w * 0.9, 0.3)]  # fmt: skip
    loop = r(0.1, 0.22)
    end = [(w * 0.55, 0.68), (w * 0.12, 0.99), (w * -0.04, 1 - loop * 0.6), (w * 0.18, 0.98 - loop), (w * 0.6, 0.95)]
    return [[*begin, *end, (w * r(0.9, 1.3), r(0.78, 0.95))]]


def two_low(r: Ranges) -> Strokes:
    """A wide flat bow that comes down far on the right, and a long foot that falls."""
    w = r(0.55, 0.85)
    return [[(0, r(0.2, 0.4)), (w * 0.3, 0.03), (w * 0.7, 0.02), (w * 0.95, 0.25), (w * 0.85, 0.5),
        (w * 0.35, 0.82), *corner(w * 0.05, 0.95), (w * 0.6, 0.97), (w * r(1.0, 1.3), r(0.98, 1.08))]]  # fmt: skip


# ---- 3 ----


def three_round(r: Ranges) -> Strokes:
    """Two bows that meet in the middle."""
    w, notch = r(0.42, 0.7), r(0.15, 0.5)
    waist = r(0.42, 0.52)
    return [[(w * 0.06, r(0.1, 0.2)), (w * 0.4, 0), (w * 0.85, 0.12), (w * 0.8, waist - 0.15),
        (w * notch, waist), (w * notch, waist), (w * 0.85, waist + 0.14), (w, 0.74), (w * 0.6, 1),
        (w * r(-0.05, 0.1), r(0.85, 0.97))]]  # fmt: skip


def three_flat(r: Ranges) -> Strokes:
    """A flat top, a straight way back, a round belly."""
    w, back = r(0.45, 0.72), r(0.2, 0.45)
    waist = r(0.36, 0.46)
    return [[(w * 0.02, r(0, 0.06)), *corner(w * r(0.8, 0.95), 0), *corner(w * back, waist),
        (w * 0.8, waist + 0.08), (w, 0.7), (w * 0.55, 1), (w * r(-0.1, 0.08), r(0.84, 0.97))]]  # fmt: skip


def three_looped(r: Ranges) -> Strokes:
    """A small loop where the bows meet."""
    w, x = r(0.45, 0.72), r(0.15, 0.4)
    waist, loop = r(0.42, 0.52), r(0.03, 0.08)
    middle = [(w * 0.55, waist), (w * x, waist + loop), (w * (x - 0.06), waist - loop / 2), (w * 0.55, waist)]
    return [[(w * 0.05, r(0.08, 0.2)), (w * 0.4, 0), (w * 0.85, 0.13), (w * 0.8, waist - 0.13), *middle,
        (w * 0.95, 0.68), (w * 0.7, 0.96), (w * 0.3, 1), (w * r(-0.05, 0.1), r(0.82, 0.93))]]  # fmt: skip


def three_deep(r: Ranges) -> Strokes:
    """The bows reach far back, and the lower one is much larger."""
    w, notch = r(0.45, 0.7), r(0.0, 0.25)
    waist = r(0.32, 0.42)
    return [[(w * 0.15, 0.06), (w * 0.5, 0), (w * 0.78, 0.1), (w * 0.68, waist - 0.1),
        *corner(w * notch, waist), (w * 0.7, waist + 0.06), (w, 0.68), (w * 0.65, 0.98),
        (w * r(-0.1, 0.05), r(0.88, 1.0))]]  # fmt: skip


def three_tailed(r: Ranges) -> Strokes:
    """The belly ends in a hook that turns up, the top begins with one that turns down."""
    w, notch = r(0.45, 0.7), r(0.3, 0.5)
    begin = [(w * 0.08, r(0.2, 0.28)), (w * 0.1, 0.08), (w * 0.5, 0), (w * 0.88, 0.15), (w * 0.75, 0.38)]
    return [[*begin, (w * notch, 0.47), (w * 0.8, 0.55), (w, 0.75), (w * 0.6, 1), (w * 0.1, 0.95),
        (w * -0.02, r(0.76, 0.84))]]  # fmt: skip


def three_flat_long(r: Ranges) -> Strokes:
    """A flat top that overhangs on the left, falls or rises, and a belly drawn like a bow."""
    w = r(0.45, 0.7)
    tilt = r(-0.06, 0.06)
    return [[(w * r(-0.15, 0.0), 0.03 - tilt), *corner(w * 0.9, 0.02 + tilt), (w * 0.55, 0.3),
        (w * 0.45, 0.4), (w * 0.8, 0.45), (w, 0.65), (w * 0.85, 0.9), (w * 0.4, 1),
        (w * 0.05, r(0.86, 0.95))]]  # fmt: skip


# ---- 4 ----


def four_open(r: Ranges) -> Strokes:
    """Down, to the right, and a stem that crosses: open at the top."""
    w, bar = r(0.42, 0.75), r(0.48, 0.7)
    stem = r(0.6, 0.9)
    first = [(w * r(0.02, 0.25), r(0, 0.12)), (w * 0.06, bar * 0.6), *corner(w * r(0, 0.08), bar),
        (w * r(0.95, 1.2), bar + r(-0.06, 0.05))]  # fmt: skip
    return [first, [(w * stem, r(-0.02, 0.35)), (w * stem, 0.6), (w * (stem - r(-0.05, 0.12)), 1)]]


def four_closed(r: Ranges) -> Strokes:
    """A triangle in one stroke, or down and across and then the stem from the same point."""
    w, bar = r(0.45, 0.8), r(0.55, 0.76)
    stem = r(0.62, 0.85)
    first = [*corner(w * stem, 0), *corner(w * r(-0.03, 0.06), bar), (w * r(0.95, 1.25), bar + r(-0.04, 0.04))]
    return [first, [(w * (stem + r(-0.03, 0.03)), r(-0.02, 0.05)), (w * stem, 0.5), (w * (stem - r(-0.03, 0.06)), 1)]]


def four_rounded(r: Ranges) -> Strokes:
    """A bowl like a u, whose right side goes on downwards."""
    w, bowl = r(0.42, 0.72), r(0.45, 0.62)
    right = r(0.85, 1.0)
    first = [(w * r(0, 0.15), r(0, 0.1)), (w * 0.02, bowl * 0.6), (w * 0.3, bowl),
        (w * 0.7, bowl * r(0.8, 0.98)), (w * right, r(0.1, 0.3))]  # fmt: skip
    return [first, [(w * right, r(-0.05, 0.2)), (w * right, 0.5), (w * (right - r(-0.02, 0.15)), 1)]]


def four_one_stroke(r: Ranges) -> Strokes:
    """Without lifting the pen: across, up to the top of the stem, and down."""
    w, bar = r(0.4, 0.65), r(0.5, 0.65)
    return [[(w * r(0.1, 0.25), r(0, 0.08)), *corner(0, bar), *corner(w * 0.9, bar - 0.05),
        *corner(w * 0.95, r(0.05, 0.2)), (w * 0.85, 0.6), (w * 0.75, 1)]]  # fmt: skip


def four_lightning(r: Ranges) -> Strokes:
    """A short stem that only crosses the bar."""
    w, bar = r(0.5, 0.75), r(0.52, 0.68)
    stem = r(0.55, 0.75)
    return [[(w * r(0.3, 0.55), 0), *corner(0, bar), (w * r(1, 1.25), bar + r(-0.05, 0.05))],
        [(w * stem, bar - r(0.12, 0.28)), (w * (stem - 0.1), 1)]]  # fmt: skip


def four_kite(r: Ranges) -> Strokes:
    """Closed in one stroke from the top: left, across, back to the top and down; the corners are round."""
    w, bar = r(0.45, 0.7), r(0.5, 0.68)
    first = [*corner(w * 0.75, 0.02), (w * 0.3, bar * 0.6), (w * 0.02, bar * 0.97), (w * 0.1, bar + 0.02),
        (w * r(0.95, 1.2), bar - r(0, 0.06))]  # fmt: skip
    return [first, [(w * r(0.68, 0.8), r(0.0, 0.15)), (w * 0.72, 0.55), (w * 0.68, r(0.95, 1.05))]]
