"""Says which family of hands writes which forms."""

from mnist_nn.data.handwriting.forms import five_to_nine as high
from mnist_nn.data.handwriting.forms import zero_to_four as low
from mnist_nn.data.handwriting.forms.strokes import Form

FORMS: dict[str, dict[int, tuple[Form, ...]]] = {
    "train": {
        0: (low.zero_oval, low.zero_oval, low.zero_open, low.zero_inner, low.zero_flick),
        1: (low.one_plain, low.one_upstroke, low.one_upstroke, low.one_upstroke_foot, low.one_foot),
        2: (low.two_flat, low.two_looped, low.two_swan),
        3: (low.three_round, low.three_round, low.three_flat, low.three_looped),
        4: (low.four_open, low.four_closed, low.four_rounded),
        5: (high.five_bar, high.five_bar, high.five_single),
        6: (high.six_curved, high.six_straight, high.six_open),
        7: (high.seven_plain, high.seven_crossed, high.seven_crossed, high.seven_curled, high.seven_serif),
        8: (high.eight_crossing, high.eight_crossing, high.eight_two_circles, high.eight_open),
        9: (high.nine_curved, high.nine_straight, high.nine_stemmed, high.nine_looped_tail),
    },
    "calibrate": {
        0: (low.zero_clockwise, low.zero_open, low.zero_oval),
        1: (low.one_curved_upstroke, low.one_plain, low.one_upstroke, low.one_foot),
        2: (low.two_angular, low.two_round_corner),
        3: (low.three_deep, low.three_flat),
        4: (low.four_one_stroke, low.four_open),
        5: (high.five_soft, high.five_narrow),
        6: (high.six_overlap, high.six_straight),
        7: (high.seven_curled_crossed, high.seven_plain, high.seven_serif),
        8: (high.eight_from_middle, high.eight_crossing),
        9: (high.nine_open, high.nine_curved),
    },
    "test": {
        0: (low.zero_pointed, low.zero_spiral, low.zero_oval),
        1: (low.one_flag, low.one_plain, low.one_upstroke, low.one_flag_foot),
        2: (low.two_curled, low.two_low),
        3: (low.three_tailed, low.three_flat_long),
        4: (low.four_lightning, low.four_kite),
        5: (high.five_hooked, high.five_flying),
        6: (high.six_large_loop, high.six_hooked),
        7: (high.seven_sagging, high.seven_serif_crossed, high.seven_sagging_crossed),
        8: (high.eight_straight_back, high.eight_mirrored),
        9: (high.nine_hooked, high.nine_spoon),
    },
}
"""The forms of each digit in each family; a form that is named twice is twice as frequent."""
