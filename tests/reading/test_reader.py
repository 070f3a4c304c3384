import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from small_sequence_networks import draw_page

from mnist_nn import Dataset, Network, NetworkConfig
from mnist_nn.errors import ConfigError, ImageError
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.evaluation.prediction import predict
from mnist_nn.imaging.load.pictures import Page
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.config import DIGIT_CLASSES
from mnist_nn.reading import document
from mnist_nn.reading.constraints import build_constraint
from mnist_nn.reading.parameters import AGREEMENT, READING
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.reading.results import Number, Reading
from mnist_nn.util.documents import as_json

GAP = 6  # pixels between the digits of a number
Pixels = npt.NDArray[np.uint8]
Write = Callable[[str], Pixels]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="module")
def good(mnist: Dataset) -> list[Pixels]:
    """For each digit a picture of it that the model is sure of."""
    images, labels = mnist.test.images[:500], mnist.test.labels[:500]
    seen = predict(load_reader_model().network, images, load_reader_model().calibration)
    sure = np.where(seen.probabilities.argmax(axis=1) == labels, seen.confidence, 0)
    return [images[np.where(labels == digit, sure, 0).argmax()] for digit in range(DIGIT_CLASSES)]


def written(images: list[Pixels], *, groups_of: int = 99) -> Pixels:
    """Write digits side by side, dark on paper, with a wide gap after every group."""
    inks = [image[:, np.flatnonzero(image.any(axis=0))] for image in images]
    paper = np.full((240, 60 + 60 * len(inks)), 225, np.float64)
    left = 20
    for place, ink in enumerate(inks, start=1):
        paper[106:134, left : left + ink.shape[1]] -= 200 * (ink / 255)
        left += ink.shape[1] + (40 if place % groups_of == 0 else GAP)
    return paper[:, : left + 20].clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def write(good: list[Pixels]) -> Write:
    return lambda text: written([good[int(letter)] for letter in text])


def inked(pixels: Pixels) -> list[tuple[int, int]]:
    """Where each run of columns with dark ink begins and ends."""
    dark = (pixels < 125).any(axis=0)
    edges = np.flatnonzero(np.diff(dark.astype(int), prepend=0, append=0))
    return list(zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True))


def by_segments() -> Model:
    """The reader as it is without what reads and judges whole numbers."""
    return replace(load_reader_model(), sequences=(), number_calibration=None)


def only(reading: Reading) -> Number:
    (number,) = reading.numbers
    return number


@pytest.mark.parametrize("text", ["7", "42", "0123456789", "9081726354"])
def test_digits_in_a_row_are_one_number(reader: Reader, write: Write, text: str) -> None:
    pixels = write(text)
    assert reader(pixels).text == text
    reading = Reader(by_segments())(pixels)
    number = only(reading)
    assert number.text == reading.text == text
    assert number.decision == reading.decision == "digit"
    assert number.confidence == pytest.approx(np.prod([digit.confidence for digit in number.digits]))
    for digit, (left, right) in zip(number.digits, inked(pixels), strict=True):
        assert digit.box[0] == pytest.approx(left, abs=1)
        assert digit.box[2] == pytest.approx(right, abs=1)
        assert 106 <= digit.box[1] < digit.box[3] <= 134
        assert (digit.decision, digit.reason) == ("digit", "")
        assert digit.image.shape == (28, 28)
        assert digit.confidence == pytest.approx(digit.probability * digit.is_digit)


def test_light_ink_on_a_dark_ground_reads_the_same(reader: Reader, write: Write) -> None:
    assert reader(255 - write("314159")).text == reader(write("314159")).text == "314159"


@pytest.mark.parametrize("level", [0, 127, 255])
def test_a_blank_page_is_nothing_there(reader: Reader, level: int) -> None:
    reading = reader(np.full((120, 200), level, np.uint8))
    assert (reading.numbers, reading.text, reading.decision) == ((), "", "nothing there")


def test_lines_are_read_from_top_to_bottom_and_words_from_left_to_right(reader: Reader, write: Write) -> None:
    page = np.full((320, 400), 225, np.uint8)
    for text, top, left in (("12", 0, 20), ("34", 0, 220), ("567", 80, 30)):
        word = write(text)
        under = page[top : top + len(word), left : left + word.shape[1]]
        np.minimum(under, word, out=under)
    reading = reader(page)
    assert reading.text == "12 34\n567"
    assert [number.line for number in reading.numbers] == [0, 0, 1]


def test_a_page_keeps_its_name(reader: Reader, write: Write) -> None:
    reading = reader(Page("scan.tif", 3, write("8")))
    assert (reading.file, reading.page, reading.text) == ("scan.tif", 3, "8")


def test_what_is_read_becomes_json(reader: Reader, write: Write) -> None:
    page = json.loads(as_json(document.Page.of(reader(write("17")))))
    assert page["decision"] == "digit"
    assert [digit["text"] for digit in page["numbers"][0]["digits"]] == ["1", "7"]


def test_a_scribble_is_no_digit(reader: Reader) -> None:
    rng = np.random.default_rng(1)
    page = np.full((200, 200), 230, np.uint8)
    at = np.array([100.0, 100.0])
    for _ in range(900):
        at = np.clip(at + rng.normal(0, 6, 2), 40, 160)
        y, x = at.astype(int)
        page[y - 2 : y + 2, x - 2 : x + 2] = 30
    reading = reader(page)
    assert reading.decision in {"not a digit", "doubtful"}
    assert all(digit.reason for number in reading.numbers for digit in number.digits if digit.decision != "digit")


# Constraints


def luhn_digit(text: str) -> str:
    return next(last for last in "0123456789" if build_constraint("luhn").accepts(text + last))


def ambiguous(mnist: Dataset, reader: Reader) -> Iterator[tuple[Pixels, int]]:
    """Test digits that are misread, the truth being an alternative."""
    seen = predict(reader.model.network, mnist.test.images, reader.model.calibration)
    wrong = seen.probabilities.argmax(axis=1) != mnist.test.labels
    second = seen.probabilities[np.arange(len(wrong)), mnist.test.labels]
    for index in np.flatnonzero(wrong & (second > 0.1) & (seen.is_digit > 0.9)):
        yield mnist.test.images[index], int(mnist.test.labels[index])


@pytest.mark.slow
def test_a_checksum_finds_the_digit_that_the_ink_leaves_open(
    mnist: Dataset, reader: Reader, good: list[Pixels]
) -> None:
    informed = Reader(checksum="luhn")
    tried = mended = accepted = 0
    for image, label in ambiguous(mnist, reader):
        start = f"49{label}1"
        text = start + luhn_digit(start)
        pixels = written([image if place == 2 else good[int(letter)] for place, letter in enumerate(text)])
        if tried == 12 or reader(pixels).text == text:  # enough; or its frame has changed a little
            continue
        number = only(informed(pixels))
        tried += 1
        mended += number.text == text
        accepted += number.text == text and number.digits[2].confidence > 0.5
    assert tried >= 5
    assert mended >= 0.8 * tried
    assert accepted >= 0.8 * mended, "a checksum makes a doubtful digit sure, not only different"


def test_a_number_that_breaks_its_rule_keeps_its_text_and_is_doubtful(write: Write) -> None:
    number = only(Reader(checksum="luhn")(write("1234567")))
    assert (number.text, number.decision) == ("1234567", "doubtful")
    assert number.reason == "it cannot be read with a valid luhn check digit"
    number = only(Reader(length=12)(write("8801")))
    assert (number.text, number.decision) == ("8801", "doubtful")
    assert "12 digits" in number.reason


def test_a_number_that_obeys_is_accepted(write: Write) -> None:
    assert only(Reader(checksum="luhn", length=11)(write("79927398713"))).decision == "digit"
    assert only(Reader(checksum="isbn")(write("9780306406157"))).decision == "digit"


def test_a_number_in_groups_is_one_number_if_the_rule_says_so(reader: Reader, good: list[Pixels]) -> None:
    text = "6011000990139424"
    pixels = written([good[int(letter)] for letter in text], groups_of=4)
    assert len(reader(pixels).numbers) == 4
    for known in ({"length": 16}, {"checksum": "luhn"}, {"checksum": "luhn", "length": 16}):
        number = only(Reader(**known)(pixels))  # type: ignore[arg-type]
        assert (number.text, number.decision) == (text, "digit")
        left, top, right, bottom = number.box
        assert all(
            left <= d.box[0] and top <= d.box[1] and right >= d.box[2] and bottom >= d.box[3] for d in number.digits
        )


def test_each_number_of_a_line_stands_alone_if_it_obeys_alone(good: list[Pixels]) -> None:
    pixels = written([good[int(letter)] for letter in "42184218"], groups_of=2)
    assert [number.text for number in Reader(checksum="luhn")(pixels).numbers] == ["42", "18", "42", "18"]


def test_groups_are_joined_by_a_pattern_or_a_list(good: list[Pixels]) -> None:
    pixels = written([good[int(letter)] for letter in "19842007"], groups_of=4)
    assert [number.text for number in Reader(pattern="19??200[0-9]")(pixels).numbers] == ["19842007"]
    assert [number.text for number in Reader(one_of=["19842007", "19842001"])(pixels).numbers] == ["19842007"]
    assert [number.text for number in Reader(pattern="[12][09]??")(pixels).numbers] == ["1984", "2007"]
    assert [number.text for number in Reader(one_of=["1984", "2007", "19842007"])(pixels).numbers] == ["1984", "2007"]


def test_a_number_that_is_none_of_the_allowed_is_doubtful(write: Write) -> None:
    number = only(Reader(one_of=["1234", "88"])(write("6501")))
    assert (number.text, number.decision) == ("6501", "doubtful")
    assert number.reason == "it cannot be read as one of the 2 allowed values"
    number = only(Reader(pattern="1???")(write("6501")))
    assert (number.text, number.reason) == ("6501", "it cannot be read with the pattern '1???'")


# Fields


def spread(good: list[Pixels], text: str, gap: int) -> Pixels:
    """A number in the boxes of a form, which are not drawn."""
    paper = np.full((70, 30 + (28 + gap) * len(text)), 225, np.float64)
    for place, letter in enumerate(text):
        left = 15 + (28 + gap) * place
        paper[21:49, left : left + 28] -= 200 * (good[int(letter)] / 255)
    return paper.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("gap", [0, 24, 60, 150])
def test_a_field_is_one_number_with_any_gaps(good: list[Pixels], gap: int) -> None:
    pixels = spread(good, "31415", gap)
    number = only(Reader(field=True)(pixels))
    assert (number.text, number.decision) == ("31415", "digit")
    assert only(Reader(field=True, length=5, pattern="3[0-2]4??", one_of=["31415", "31416"])(pixels)).text == "31415"


def test_a_field_of_two_lines_is_doubtful_and_says_why(good: list[Pixels]) -> None:
    pixels = np.vstack([spread(good, "314", 9), spread(good, "271", 9)])
    number = only(Reader(field=True)(pixels))
    assert number.text in {"314", "271"}
    assert number.decision == "doubtful"
    assert number.reason == "there is more than one line of ink in the field"


def test_a_point_in_a_wide_gap_of_a_field_is_noticed(good: list[Pixels]) -> None:
    pixels = spread(good, "1890", 40)
    pixels[44:49, 142:147] = 20
    assert only(Reader(field=True)(pixels)).decision != "digit"


def test_an_empty_field_has_nothing_in_it() -> None:
    assert Reader(field=True, length=4)(np.full((60, 200), 240, np.uint8)).decision == "nothing there"


# What cannot be


def test_a_limit_on_the_error_of_a_model_without_calibration_is_refused() -> None:
    with pytest.raises(ConfigError, match="max_error has no effect on a model without a calibration"):
        Reader(replace(load_reader_model(), calibration=None), max_error=0.01)


def test_a_model_without_calibration_reads_and_says_so(write: Write, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "mnist_nn"):
        reader = Reader(replace(load_reader_model(), calibration=None))
    assert "mnist-nn calibrate" in caplog.text
    number = only(reader(write("28")))
    assert number.text == "28"
    assert [digit.is_digit for digit in number.digits] == [1.0, 1.0]
    assert (reader.operating_point, reader.threshold) == (None, 0.9)


def test_a_smaller_error_accepts_less() -> None:
    strict, lax = Reader(max_error_per_digit=0.005), Reader(max_error_per_digit=0.02)
    assert strict.threshold > lax.threshold
    assert strict.operating_point is not None
    assert lax.operating_point is not None
    assert strict.operating_point.coverage < lax.operating_point.coverage


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_error": 1e-9}, "max_error"),
        ({"max_error": 2.0}, "max_error"),
        ({"max_error_per_digit": 1e-9}, "max_error"),
        ({"max_error_per_digit": -1.0}, "max_error_per_digit is -1.0"),
        ({"length": 0}, "length is 0"),
        ({"checksum": "crc"}, "choose one of: none, luhn, isbn"),
        ({"pattern": "1x"}, "has 'x' in column 2"),
        ({"one_of": ()}, "one_of is empty"),
        ({"one_of": ["12"], "length": 3}, "as the one allowed value with 3 digits"),
        ({"model": Model(Network.create(NetworkConfig(inputs=64)))}, "64 inputs and 10 outputs"),
        ({"model": Model(Network.create(NetworkConfig(outputs=3)))}, "784 inputs and 3 outputs"),
        ({"model": Model(Network.create(), data={"name": "fashion-mnist"})}, "'fashion-mnist', which holds no digits"),
    ],
)
def test_readers_that_cannot_be(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Reader(**arguments)


@pytest.mark.parametrize("array", [np.zeros((4, 4, 5), np.uint8), np.zeros(4), np.zeros((0, 4), np.uint8)])
def test_arrays_that_are_no_page(reader: Reader, array: Any) -> None:
    with pytest.raises(ImageError, match="give one picture"):
        reader(array)


# Numbers that are read as lines too


def with_lines(networks: tuple[Network, ...]) -> Model:
    return replace(by_segments(), sequences=networks)


def held_out(mnist: Dataset, count: int, pitch: int = 30) -> Iterator[tuple[Pixels, str]]:
    for start in range(20_000, 20_000 + 4 * count, 4):
        text = "".join(map(str, mnist.train.labels[start : start + 4]))
        yield draw_page(mnist.train.images[start : start + 4], pitch=pitch), text


@pytest.mark.slow
@pytest.mark.parametrize("field", [False, True])
def test_a_number_that_both_readings_have_is_read_as_without_lines(
    mnist: Dataset, sequence_networks: tuple[Network, Network], field: bool
) -> None:
    sure_enough = replace(READING, agreement=replace(AGREEMENT, least_line_probability=0.0))
    plain = Reader(by_segments(), field=field)
    joined = Reader(with_lines(sequence_networks), field=field, parameters=sure_enough)
    agreed = 0
    for page, _ in held_out(mnist, 20, 30 if field else 25):
        alone, number = only(plain(page)), only(joined(page))
        assert number.evidence is not None
        if number.evidence.lines_agree and number.evidence.segments_agree:
            agreed += 1
            assert replace(number, reason=alone.reason) == alone, "only what else it may be differs"
    assert agreed


@pytest.mark.slow
def test_a_number_of_which_the_line_is_unsure_is_doubtful(
    mnist: Dataset, sequence_networks: tuple[Network, Network]
) -> None:
    joined = Reader(with_lines(sequence_networks), field=True)
    numbers = [only(joined(page)) for page, _ in held_out(mnist, 20)]
    unsure = [number for number in numbers if number.reason.startswith("as a whole")]
    assert unsure
    assert all(number.decision != "digit" for number in unsure)
    assert all(len(number.digits) == len(number.text) for number in numbers)


@pytest.mark.slow
def test_the_network_for_digits_says_which_a_lone_digit_is_and_lines_are_evidence(
    write: Write, sequence_networks: tuple[Network, Network]
) -> None:
    for digit in "0123456789":
        number = only(Reader(with_lines(sequence_networks))(write(digit)))
        assert number.text == only(Reader(by_segments())(write(digit))).text == digit
        assert number.evidence is not None
        assert (number.evidence.has_lines, number.evidence.segments_agree) == (1, 1)


def test_what_each_reading_said_is_kept(
    mnist: Dataset, write: Write, sequence_networks: tuple[Network, Network]
) -> None:
    reader = Reader(with_lines(sequence_networks), field=True)
    for page, _ in held_out(mnist, 6):
        number = only(reader(page))
        assert number.readings is not None
        assert number.evidence is not None
        assert number.readings.as_line
        assert len(number.readings.networks) == 2
        agree = all(one.text == number.text for one in number.readings.networks)
        assert agree == bool(number.evidence.lines_agree)
        assert (number.readings.segments.text == number.text) == bool(number.evidence.segments_agree)
        if agree:
            said = [np.log(one.probability) for one in number.readings.networks]
            assert min(said) == pytest.approx(number.evidence.log_line_lowest)
    assert only(Reader(by_segments())(write("7"))).readings is None, "without sequence networks there is one reading"


def test_what_is_known_holds_for_lines_too(mnist: Dataset, sequence_networks: tuple[Network, Network]) -> None:
    for page, text in held_out(mnist, 6):
        other = str((int(text[0]) + 1) % 10) + text[1:]
        reader = Reader(with_lines(sequence_networks), field=True, one_of=[text, other, text[:3]])
        assert only(reader(page)).text == text


def test_a_model_with_another_kind_of_sequence_network_is_refused() -> None:
    with pytest.raises(ConfigError, match="1152 inputs and 11 softmax outputs"):
        Reader(with_lines((Network.create(),)))


def calibrated(features: tuple[str, ...], weights: list[float], bias: float, threshold: float) -> Model:
    table = np.array([[threshold, 0.01, 0.9]])
    numbers = NumberCalibration(features, np.array(weights), bias, table)
    return replace(by_segments(), number_calibration=numbers)


def test_where_numbers_are_calibrated_their_score_decides(write: Write) -> None:
    sure = only(Reader(calibrated(("lowest_confidence_odds", "digits"), [0.0, 1.0], 0.0, 0.95))(write("0123")))
    assert sure.decision == "digit"
    assert sure.confidence == pytest.approx(1 / (1 + np.exp(-4)))
    unsure = only(Reader(calibrated(("digits",), [0.0], 1.0, 0.95))(write("0123")))
    assert (unsure.decision, unsure.text) == ("doubtful", "0123")
    assert unsure.reason == "as a whole it is not clear enough (73 % sure that it is 0123)"
    assert {digit.decision for digit in unsure.digits} == {"digit"}


def test_a_number_that_is_accepted_as_a_whole_has_no_doubtful_digit(write: Write) -> None:
    strict = calibrated(("digits",), [0.0], 5.0, 0.5)
    assert strict.calibration is not None
    strict = replace(strict, calibration=replace(strict.calibration, table=np.array([[1.1, 0.01, 0.1]]), test=None))
    number = only(Reader(strict)(write("42")))
    assert number.decision == "digit"
    assert [(digit.decision, digit.reason) for digit in number.digits] == [("digit", "")] * 2
    without = replace(strict, number_calibration=None)
    assert {digit.decision for digit in only(Reader(without)(write("42"))).digits} == {"doubtful"}


def test_a_calibration_of_other_features_is_refused() -> None:
    with pytest.raises(ConfigError, match="another version"):
        Reader(calibrated(("colour",), [1.0], 0.0, 0.5))


def test_a_limit_for_digits_holds_them_to_it_whatever_the_number_is(write: Write) -> None:
    strict = calibrated(("digits",), [0.0], 5.0, 0.5)
    assert strict.calibration is not None
    strict = replace(strict, calibration=replace(strict.calibration, table=np.array([[1.1, 0.01, 0.1]]), test=None))
    number = only(Reader(strict, max_error_per_digit=0.01)(write("42")))
    assert number.decision == "doubtful"
    assert {digit.decision for digit in number.digits} == {"doubtful"}
    assert number.reason == ""


@pytest.mark.slow
def test_a_limit_on_digits_alone_leaves_lone_digits_to_their_network(mnist: Dataset) -> None:
    pages = [np.pad(image, 20) for image in mnist.test.images[:60]]
    with_sequences, without = (
        Reader(model, max_error_per_digit=0.05)
        for model in (load_reader_model(), replace(load_reader_model(), sequences=()))
    )
    pairs = [(only(with_sequences(page)), only(without(page))) for page in pages]
    lone = [(one.decision, other.decision) for one, other in pairs if len(one.digits) == len(other.digits) == 1]
    assert len(lone) >= 55
    assert all(one == other for one, other in lone)
