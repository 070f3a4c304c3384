import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data.labels import Classes, as_whole, find_classes, number_labels
from mnist_nn.errors import DataError


@given(st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=20))
def test_numbers_lead_back_to_the_text(texts: list[str]) -> None:
    labels = np.array(texts)
    classes = find_classes(labels)
    numbers = number_labels(labels, classes, "training")
    if classes.names is not None:
        assert [classes.names[number] for number in numbers] == labels.tolist()


def test_folders_that_count_from_zero_are_numbers_and_others_are_names() -> None:
    digits = [str(n) for n in range(10)]
    assert find_classes(np.array(["3"]), digits) == Classes(10)
    assert find_classes(np.array(["3"]), ["3", "5", "8"]).names == ("3", "5", "8")
    assert find_classes(np.array([1, 0]), ["cat", "dog"]).names == ("cat", "dog")


def test_a_label_of_no_class_is_named() -> None:
    with pytest.raises(DataError, match="the test half has a label 'c' that no training image has"):
        number_labels(np.array(["c"]), Classes(2, ("a", "b")), "test")
    with pytest.raises(DataError, match="has a label 'c', but the classes are numbers"):
        number_labels(np.array(["1", "c"]), Classes(2), "test")
    with pytest.raises(DataError, match="a label 0, which is below the label base 1"):
        find_classes(np.array([0, 1]), base=1)
    assert as_whole(np.array(["1.5"])) is None
