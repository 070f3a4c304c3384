"""The forms of the digits from 5 to 9, each with its ranges; which family writes which is in `families`."""

from mnist_nn.data.handwriting.forms.strokes import Array, Ranges, Stroke, Strokes, arc, corner

# ---- 5 ----


def belly(r: Ranges, w: Array, left: Array, high: Array) -> Stroke:
    """From the foot of the neck round to the lower left."""
    return [(w * 0.5, high - 0.05), (w * 0.9, high + 0.14), (w * r(0.85, 1.0), 0.78), (w * 0.5, 1),
        (left + w * r(-0.15, 0.1), r(0.84, 0.97))]  # fmt: skip


def five_bar(r: Ranges) -> Strokes:
    """Neck and belly, then a bar, which may be detached from the neck."""
    w, high = r(0.42, 0.7), r(0.38, 0.5)
    left = w * r(0.05, 0.2)
    top = r(-0.04, 0.1)
    off = r(-0.06, 0.16)
    body = [(left + 0.03, r(0.0, 0.1)), (left, high * 0.6), (left - 0.01, high), *belly(r, w, left, high)]
    return [body, [(left + off, top), (w * r(0.85, 1.4), top + r(-0.08, 0.05))]]


def five_single(r: Ranges) -> Strokes:
    """One stroke from the right end of the bar."""
    w, high = r(0.42, 0.7), r(0.38, 0.5)
    left = w * r(0.05, 0.2)
    return [[(w * r(0.8, 1.2), r(-0.03, 0.05)), *corner(left + 0.03, r(0, 0.05)),
        *corner(left - 0.01, high), *belly(r, w, left, high)]]  # fmt: skip


def five_soft(r: Ranges) -> Strokes:
    """Like an S: the corners are round."""
    w = r(0.42, 0.65)
    return [[(w * r(0.85, 1.1), r(0, 0.06)), (w * 0.35, 0.03), (w * 0.1, 0.22), (w * 0.35, 0.42),
        (w * 0.85, 0.58), (w * 0.85, 0.84), (w * 0.4, 1), (w * r(-0.05, 0.08), r(0.85, 0.95))]]  # fmt: skip


def five_narrow(r: Ranges) -> Strokes:
    """A long neck and a small belly; the bar rises."""
    w, high = r(0.38, 0.55), r(0.48, 0.58)
    left = w * 0.15
    body = [(left, r(0.02, 0.1)), *corner(left - 0.02, high), (w * 0.6, high - 0.02), (w * 0.9, 0.75),
        (w * 0.5, 0.98), (w * r(-0.1, 0.1), r(0.9, 1.0))]  # fmt: skip
    return [body, [(left + r(-0.03, 0.05), 0.06), (w * r(0.9, 1.5), r(-0.12, 0.0))]]


def five_hooked(r: Ranges) -> Strokes:
    """A bar with a hook, and a belly that starts below the neck and curls in."""
    w, high = r(0.45, 0.68), r(0.36, 0.46)
    body = [(w * 0.14, 0.03), (w * 0.08, high), *corner(w * 0.06, high + 0.02),
        (w * 0.55, high - r(0, 0.08)), (w, 0.64), (w * 0.8, 0.94), (w * 0.35, 1), (w * 0.05, 0.9),
        (w * 0.12, r(0.76, 0.84))]  # fmt: skip
    return [body, [(w * 0.1, 0.04), (w * 0.6, r(0.0, 0.05)), (w * r(0.9, 1.15), r(-0.08, 0.02))]]


def five_flying(r: Ranges) -> Strokes:
    """The bar is far from the rest, above or to the right of it."""
    w, high = r(0.4, 0.65), r(0.36, 0.48)
    body = [(w * 0.12, r(0.06, 0.14)), (w * 0.06, high), *belly(r, w, w * 0.06, high)]
    return [body, [(w * r(0.3, 0.5), r(-0.03, 0.03)), (w * r(1.0, 1.5), r(-0.06, 0.03))]]


# ---- 6 ----


def six_curved(r: Ranges) -> Strokes:
    """A curved stem that runs into a loop."""
    w, loop = r(0.4, 0.7), r(0.4, 0.62)
    stem = [(w * r(0.55, 1.0), r(0, 0.06)), (w * 0.25, 0.25), (w * 0.02, 0.6), (w * 0.2, 0.95), (w * 0.6, 0.99)]
    return [[*stem, (w, 1 - loop * 0.5), (w * 0.65, 1 - loop), (w * 0.2, 1 - loop * 0.7),
        (w * r(0.03, 0.15), r(0.78, 0.9))]]  # fmt: skip


def six_straight(r: Ranges) -> Strokes:
    """A straight stem."""
    w, loop = r(0.38, 0.62), r(0.35, 0.55)
    lean = r(0, 0.35)
    stem = [(w * lean, 0), (w * lean * 0.5, 0.4), (w * 0.02, 0.75), (w * 0.3, 0.99)]
    return [[*stem, (w * 0.8, 0.95), (w, 1 - loop * 0.55), (w * 0.6, 1 - loop),
        (w * r(0.05, 0.2), 1 - loop * r(0.5, 0.8))]]  # fmt: skip


def six_open(r: Ranges) -> Strokes:
    """The loop does not reach the stem."""
    w, loop = r(0.42, 0.7), r(0.3, 0.5)
    stem = [(w * r(0.5, 0.95), r(0, 0.05)), (w * 0.2, 0.3), (w * 0.02, 0.65), (w * 0.25, 0.97),
        (w * 0.7, 0.97), (w * 0.98, 0.78)]  # fmt: skip
    return [[*stem, (w * 0.85, 1 - loop), (w * r(0.45, 0.68), 1 - loop * r(0.75, 1.0))]]


def six_overlap(r: Ranges) -> Strokes:
    """The loop ends beyond the stem, on its left."""
    w, loop = r(0.42, 0.65), r(0.42, 0.56)
    stem = [(w * r(0.6, 0.95), 0), (w * 0.3, 0.3), (w * 0.08, 0.65), (w * 0.3, 0.98), (w * 0.75, 0.94),
        (w, 1 - loop * 0.5)]  # fmt: skip
    return [[*stem, (w * 0.6, 1 - loop), (w * 0.2, 1 - loop * 0.85), (w * r(-0.12, 0.02), 1 - loop * r(0.5, 0.75))]]


def six_large_loop(r: Ranges) -> Strokes:
    """A short stem, and a round loop that takes up most of the height."""
    w, loop = r(0.5, 0.72), r(0.56, 0.68)
    around = arc((w / 2, 1 - loop / 2), (w / 2, loop / 2), 185, -r(340, 380), 10)
    return [[(w * r(0.6, 0.95), 0), (w * 0.25, 0.22), *around]]


def six_hooked(r: Ranges) -> Strokes:
    """The stem begins with a hook, and the loop is low and wide."""
    w, loop = r(0.5, 0.75), r(0.32, 0.45)
    stem = [(w * 0.85, r(0.08, 0.16)), (w * 0.72, 0.01), (w * 0.35, 0.14), (w * 0.05, 0.6), (w * 0.2, 0.97),
        (w * 0.75, 0.98), (w, 1 - loop * 0.5)]  # fmt: skip
    return [[*stem, (w * 0.65, 1 - loop), (w * 0.15, 0.8)]]


# ---- 7 ----


def seven_bar(r: Ranges, w: Array) -> Stroke:
    """The level top from left to right, with the corner at its end."""
    return [(0, r(-0.02, 0.1)), (w * 0.5, r(-0.02, 0.04)), *corner(w, r(-0.03, 0.04))]


def seven_stem(r: Ranges, w: Array) -> tuple[Stroke, Array]:
    """Return the slightly bent stem, and its x at half the height."""
    foot, bend = r(0.15, 0.7), r(-0.04, 0.08)
    middle = w * (1 + foot) / 2 - bend
    return [(middle, 0.48), (w * foot, 1)], middle


def cross(r: Ranges, x: Array) -> Stroke:
    """The bar through a stem whose x is ``x`` at half the height."""
    y, tilt = r(0.42, 0.62), r(-0.08, 0.05)
    return [(x - r(0.12, 0.34), y), (x + r(0.1, 0.34), y + tilt)]


def seven_plain(r: Ranges) -> Strokes:
    """A bar and a stem."""
    w = r(0.4, 0.75)
    return [[*seven_bar(r, w), *seven_stem(r, w)[0]]]


def seven_crossed(r: Ranges) -> Strokes:
    """The same with a bar through the stem."""
    w = r(0.4, 0.75)
    stem, middle = seven_stem(r, w)
    return [[*seven_bar(r, w), *stem], cross(r, middle)]


def wave(r: Ranges, w: Array) -> Stroke:
    """A top that waves, as a tilde does."""
    lift = r(0.02, 0.1)
    return [(0, r(0.06, 0.18)), (w * 0.2, 0.04 - lift / 2), (w * 0.6, 0.02 + lift), (w, r(-0.03, 0.03))]


def seven_curled(r: Ranges) -> Strokes:
    """A waving top that turns into a bent stem."""
    w = r(0.42, 0.75)
    return [[*wave(r, w), (w * r(0.65, 0.85), 0.35), (w * r(0.35, 0.55), 0.7), (w * r(0.2, 0.55), 1)]]


def seven_curled_crossed(r: Ranges) -> Strokes:
    """The same with a bar through the stem."""
    return [*seven_curled(r), cross(r, r(0.28, 0.4))]


def seven_serif(r: Ranges) -> Strokes:
    """The bar begins with a short stroke downwards."""
    w, drop = r(0.4, 0.7), r(0.08, 0.26)
    return [[(r(-0.02, 0.05), drop), *corner(r(-0.01, 0.03), r(0, 0.04)), (w * 0.5, 0.02), *corner(w, 0),
        *seven_stem(r, w)[0]]]  # fmt: skip


def seven_serif_crossed(r: Ranges) -> Strokes:
    """The same with a bar through the stem."""
    w, drop = r(0.42, 0.7), r(0.08, 0.24)
    stem, middle = seven_stem(r, w)
    return [[(0, drop), *corner(0, 0.03), (w * 0.5, r(0, 0.05)), *corner(w, 0), *stem], cross(r, middle)]


def seven_sagging(r: Ranges) -> Strokes:
    """A bar that sags, and a stem that starts straight down and bends back."""
    w = r(0.4, 0.68)
    return [[(0, r(0.0, 0.08)), (w * 0.5, r(0.05, 0.12)), *corner(w, 0), (w * r(0.8, 0.95), 0.3),
        (w * r(0.5, 0.7), 0.62), (w * r(0.35, 0.6), 1)]]  # fmt: skip


def seven_sagging_crossed(r: Ranges) -> Strokes:
    """The same with a bar through the stem."""
    return [*seven_sagging(r), cross(r, r(0.3, 0.42))]


# ---- 8 ----


def eight_crossing(r: Ranges) -> Strokes:
    """One stroke that crosses itself, from the upper right."""
    w, waist = r(0.4, 0.68), r(0.4, 0.52)
    top = r(0.68, 0.95)
    left, right = w * (1 - top) / 2, w * (1 + top) / 2
    down = [(right * r(0.85, 1.0), r(0.08, 0.16)), (w * 0.5, 0), (left, waist * 0.5), (w * 0.5, waist),
        (w * 0.97, 0.76), (w * 0.5, 1)]  # fmt: skip
    return [[*down, (w * 0.02, 0.76), (w * 0.5, waist + 0.02), (right, waist * 0.5),
        (right * r(0.7, 1.0), r(0.0, 0.1))]]  # fmt: skip


def eight_two_circles(r: Ranges) -> Strokes:
    """One circle on top of another."""
    waist = r(0.42, 0.52)
    upper, lower = r(0.15, 0.27), r(0.19, 0.33)
    shift = r(-0.05, 0.06)
    lap = r(-0.02, 0.05)
    first = arc((lower + shift, waist / 2), (upper, waist / 2), r(-120, -40), -r(340, 390), 10)
    return [first, arc((lower, (1 + waist - lap) / 2), (lower, (1 - waist + lap) / 2), r(-130, -50), -r(345, 390), 10)]


def eight_open(r: Ranges) -> Strokes:
    """One stroke whose ends do not meet at the top."""
    w, waist = r(0.4, 0.68), r(0.42, 0.52)
    gap = r(0.06, 0.26)
    down = [(w * (0.5 + gap), r(0.0, 0.12)), (w * 0.35, 0.01), (w * 0.1, waist * 0.5), (w * 0.5, waist),
        (w * 0.97, 0.77), (w * 0.5, 1)]  # fmt: skip
    return [[*down, (w * 0.03, 0.77), (w * 0.45, waist + 0.03), (w * r(0.75, 0.95), waist * 0.4),
        (w * r(0.9, 1.1), r(0.0, 0.1))]]  # fmt: skip


def eight_from_middle(r: Ranges) -> Strokes:
    """One stroke that begins and ends at the waist."""
    w, waist = r(0.42, 0.65), r(0.42, 0.5)
    up = [(w * r(0.4, 0.55), waist), (w * 0.12, waist * 0.45), (w * 0.5, 0), (w * 0.88, waist * 0.45), (w * 0.5, waist)]
    return [[*up, (w * 0.03, 0.77), (w * 0.5, 1), (w * 0.97, 0.75), (w * r(0.45, 0.65), waist + r(-0.06, 0.05))]]


def eight_straight_back(r: Ranges) -> Strokes:
    """An S that is closed by a straight stroke upwards."""
    w, waist = r(0.42, 0.68), r(0.42, 0.52)
    down = [(w * r(0.75, 0.95), r(0.06, 0.16)), (w * 0.45, 0), (w * 0.1, 0.2), (w * 0.5, waist),
        (w * 0.88, 0.72), (w * 0.55, 0.99)]  # fmt: skip
    return [[*down, (w * 0.1, 0.9), *corner(w * 0.12, 0.82), (w * 0.5, 0.5), (w * r(0.9, 1.05), r(-0.03, 0.1))]]


def eight_mirrored(r: Ranges) -> Strokes:
    """From the upper left, the other way round; the upper circle is small."""
    w, waist = r(0.42, 0.65), r(0.34, 0.44)
    down = [(w * 0.3, r(0.02, 0.1)), (w * 0.6, 0), (w * 0.82, waist * 0.5), (w * 0.45, waist),
        (w * 0.02, 0.72), (w * 0.5, 1)]  # fmt: skip
    return [[*down, (w * 0.98, 0.74), (w * 0.55, waist + 0.03), (w * 0.2, waist * 0.55),
        (w * r(0.25, 0.45), r(0.0, 0.06))]]  # fmt: skip


# ---- 9 ----


def nine_loop(r: Ranges, w: Array, loop: Array) -> Stroke:
    """From the upper right round to the left and back to the right side."""
    return [(w * 0.95, loop * r(0.2, 0.45)), (w * 0.55, 0), (w * 0.1, loop * 0.3), (w * 0.1, loop * 0.75),
        (w * 0.45, loop), (w * 0.85, loop * 0.6)]  # fmt: skip


def nine_curved(r: Ranges) -> Strokes:
    """A loop and a tail that bends to the left."""
    w, loop = r(0.4, 0.68), r(0.36, 0.58)
    return [[*nine_loop(r, w, loop), *corner(w * 0.97, loop * 0.2), (w * 0.95, 0.6), (w * 0.6, r(0.94, 1)),
        (w * r(-0.05, 0.35), r(0.84, 0.98))]]  # fmt: skip


def nine_straight(r: Ranges) -> Strokes:
    """A loop on a straight stem."""
    w, loop = r(0.38, 0.65), r(0.34, 0.55)
    return [[*nine_loop(r, w, loop), *corner(w * 0.95, loop * 0.15), (w * r(0.8, 0.98), 0.55),
        (w * r(0.55, 0.98), 1)]]  # fmt: skip


def nine_stemmed(r: Ranges) -> Strokes:
    """A loop and a separate stem beside it; the stem may begin above the loop."""
    w, loop = r(0.38, 0.6), r(0.34, 0.52)
    circle = arc((w * 0.45, loop * 0.5), (w * 0.45, loop * 0.5), r(-60, 0), -r(320, 370), 10)
    return [circle, [(w * r(0.88, 1.0), r(-0.05, 0.12)), (w * 0.92, 0.5), (w * r(0.7, 1.0), 1)]]


def nine_open(r: Ranges) -> Strokes:
    """The loop is open at the top right."""
    w, loop = r(0.4, 0.62), r(0.36, 0.5)
    first = [(w * r(0.55, 0.8), r(0, 0.04)), (w * 0.25, 0.03), (w * 0.03, loop * 0.6), (w * 0.35, loop),
        (w * 0.8, loop * 0.75), (w, r(0.02, 0.15))]  # fmt: skip
    return [[*first, (w * 0.95, 0.55), (w * r(0.6, 0.9), 1)]]


def nine_looped_tail(r: Ranges) -> Strokes:
    """The tail ends in a loop, as in a handwritten g."""
    w, loop = r(0.42, 0.65), r(0.32, 0.46)
    tail = [(w * 0.92, 0.6), (w * 0.65, 0.95), (w * 0.25, 0.98), (w * 0.2, r(0.78, 0.86)),
        (w * r(0.6, 0.9), r(0.68, 0.78))]  # fmt: skip
    return [[*nine_loop(r, w, loop), *corner(w * 0.97, loop * 0.2), *tail]]


def nine_hooked(r: Ranges) -> Strokes:
    """A small loop, and a long tail that turns far to the left and up."""
    w, loop = r(0.42, 0.65), r(0.3, 0.45)
    tail = [(w * 0.95, 0.65), (w * 0.7, 0.96), (w * 0.3, 0.99), (w * r(-0.1, 0.1), r(0.78, 0.88))]
    return [[*nine_loop(r, w, loop), *corner(w * 0.96, loop * 0.25), *tail]]


def nine_spoon(r: Ranges) -> Strokes:
    """The pen goes up from the foot, round the loop and back into the stem."""
    w, loop = r(0.4, 0.6), r(0.38, 0.52)
    around = arc((w * 0.5, loop * 0.5), (w * 0.5, loop * 0.5), 10, -r(330, 365), 10)
    return [[(w * r(0.6, 0.85), 1), (w * 0.85, 0.6), *around]]
