"""What the tests of the playground's Python share: its files, listed once."""

import pytest

from mnist_nn.playground.site import Site, build_site


@pytest.fixture(scope="session")
def site() -> Site:
    return build_site()
