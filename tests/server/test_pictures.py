"""Pictures over HTTP: the same numbers as on the command line."""

import io
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import numpy as np
import psutil
import pytest
from hostile_files import tiling_pattern
from patience import PATIENCE, wait_for
from PIL import Image
from server_payloads import count_requests, infer_request, page_of_digits
from starlette.exceptions import HTTPException

from mnist_nn import Dataset
from mnist_nn.reading import pages as reading_pages
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.server import Limits, create_app, pictures

CROWD = 60
Served = Any

Run = Callable[..., AbstractContextManager[httpx.Client]]
LIMITS = Limits(pixel_limit=1_000_000, page_limit=3)


@pytest.fixture(scope="module")
def client(in_process: Run) -> Iterator[httpx.Client]:
    with in_process(create_app(load_reader_model(), limits=LIMITS)) as client:
        yield client


@pytest.fixture(scope="module")
def paper(mnist: Dataset) -> Image.Image:
    """A page with 7210 on it, put together from test images."""
    pixels = np.full((60, 120), 255, np.uint8)
    for place, digit in enumerate(mnist.test.images[:4]):
        pixels[16:44, 8 + 24 * place : 36 + 24 * place] -= digit
    return Image.fromarray(pixels)


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def test_the_answer_is_what_the_command_line_prints(client: httpx.Client, paper: Image.Image, tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(saved(paper, "PNG"))
    command = [sys.executable, "-m", "mnist_nn", "read", "page.png", "--json", "--length", "4", "--max-error", "0.02"]
    printed = json.loads(
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=PATIENCE).stdout
    )
    form = {"file": ("page.png", (tmp_path / "page.png").read_bytes())}
    assert client.post("/read", params={"length": 4, "max_error": 0.02}, files=form).json() == printed
    assert printed[0]["numbers"][0]["text"] == "7210"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM", "PDF"])
def test_every_format_is_read_from_the_bare_body(client: httpx.Client, paper: Image.Image, kind: str) -> None:
    larger = paper.resize((480, 240))  # a PDF is drawn by its size on paper
    (page,) = client.post("/read", content=saved(larger, kind)).json()
    assert (page["file"], page["page"]) == ("picture", 1)
    assert [number["text"] for number in page["numbers"]] == ["7210"]


def test_every_page_is_an_element_and_a_bad_one_says_so(client: httpx.Client, paper: Image.Image) -> None:
    blank = Image.new("L", (100, 100), 255)
    pages = client.post("/read", content=saved(paper, "TIFF", save_all=True, append_images=[blank])).json()
    assert [page["decision"] for page in pages] == ["digit", "nothing there"]
    large = Image.new("L", (1001, 1000), 255)
    pages = client.post("/read", content=saved(large, "TIFF", save_all=True, append_images=[paper, large])).json()
    assert [page["page"] for page in pages] == [1, 2, 3]
    assert pages[1]["numbers"][0]["text"] == "7210"
    assert all("--pixel-limit" in page["error"] for page in (pages[0], pages[2]))
    refused = client.post("/read", content=saved(large, "TIFF", save_all=True, append_images=[large]))
    assert refused.status_code == 422
    assert "page 1" in refused.json()["error"]


@pytest.mark.parametrize(
    ("parameters", "known"),
    [
        ({"length": 3}, {"length": 3}),
        ({"pattern": "72[01][0-4]"}, {"pattern": "72[01][0-4]"}),
        ({"pattern": "3???"}, {"pattern": "3???"}),
        ({"one_of": "7218, 7210"}, {"one_of": ["7218", "7210"]}),
        ({"one_of": "1"}, {"one_of": ["1"]}),
        ({"field": True}, {"field": True}),
    ],
)
def test_what_is_known_of_the_number_helps(
    client: httpx.Client, paper: Image.Image, parameters: dict[str, Any], known: dict[str, Any]
) -> None:
    (page,) = client.post("/read", params=parameters, content=saved(paper, "PNG")).json()
    expected = Reader(**known)(np.asarray(paper)).numbers[0]
    assert page["numbers"][0]["text"] == expected.text
    assert page["numbers"][0]["reason"] == expected.reason


@pytest.mark.parametrize(
    ("content", "parameters", "status", "says"),
    [
        (b"hello", {}, 422, "is text, not a picture"),
        (b"", {}, 422, "is empty"),
        (b"\x89PNG\r\n\x1a\n damaged", {}, 422, "damaged"),
        ("large", {}, 422, "--pixel-limit"),
        ("many", {}, 422, "--page-limit"),
        ("paper", {"length": "four"}, 422, "length"),
        ("paper", {"length": 0}, 422, "length"),
        ("paper", {"checksum": "md5"}, 422, "'none', 'luhn' or 'isbn'"),
        ("paper", {"checksum": "isbn", "length": 14}, 422, "10 or 13"),
        ("paper", {"pattern": "1-2"}, 422, "has '-' in column 2"),
        ("paper", {"one_of": "12,"}, 422, "one_of contains ''"),
        ("paper", {"one_of": "12;13"}, 422, "one_of contains '12;13'"),
        ("paper", {"one_of": "1," * 2048 + "1"}, 422, "one_of"),
        ("paper", {"one_of": "12", "length": 3}, 422, "no number can be read as the one allowed value with 3 digits"),
        ("paper", {"field": "maybe"}, 422, "field"),
        ("paper", {"max_error": 2}, 422, "max_error"),
        ("paper", {"max_error": "nan"}, 422, "max_error"),
        ("paper", {"max_error": 1e-9}, 422, "max_error"),
        ("paper", {"max_error_per_digit": 2}, 422, "max_error_per_digit"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    client: httpx.Client, paper: Image.Image, content: Any, parameters: dict[str, Any], status: int, says: str
) -> None:
    blank = Image.new("L", (9, 9))
    bodies = {
        "paper": saved(paper, "PNG"),
        "large": saved(Image.new("1", (1001, 1000)), "PNG"),
        "many": saved(blank, "TIFF", save_all=True, append_images=[blank] * 3),
    }
    answer = client.post("/read", content=bodies.get(content, content), params=parameters)
    (error,) = answer.json().values()
    assert (answer.status_code, "\n" in error) == (status, False)
    assert says in error


@pytest.mark.parametrize("name", ["lenght", "foo"])
def test_an_option_that_is_none_is_named(client: httpx.Client, paper: Image.Image, name: str) -> None:
    answer = client.post("/read", content=saved(paper, "PNG"), params={name: 5})
    assert answer.status_code == 422
    assert (
        f"no option '{name}'; choose from: field, length, pattern, one_of, checksum, max_error, max_error_per_digit"
        in answer.json()["error"]
    )


def test_options_in_a_form_are_sent_to_the_address(client: httpx.Client, paper: Image.Image) -> None:
    answer = client.post("/read", files={"file": ("a.png", saved(paper, "PNG"))}, data={"length": "5"})
    assert answer.status_code == 400
    assert "?length=16" in answer.json()["error"]


@pytest.mark.parametrize("files", [[], ["one", "two"]])
def test_a_form_has_one_file(client: httpx.Client, paper: Image.Image, files: list[str]) -> None:
    form = [(name, (name, saved(paper, "PNG"))) for name in files]
    answer = client.post("/read", files=form or None, headers={} if form else {"Content-Type": "multipart/form-data"})
    assert answer.status_code == 400
    assert {0: "boundary", 2: "file"}[len(files)] in answer.json()["error"]


def test_decisions_are_counted(in_process: Run, paper: Image.Image) -> None:
    with in_process(create_app(load_reader_model())) as client:
        client.post("/read", content=saved(paper, "PNG"))
        client.post("/read", content=saved(Image.new("L", (50, 50), 255), "PNG"))
        figures = client.get("/metrics").text
    assert 'mnist_nn_decisions_total{decision="digit"} 1.0' in figures
    assert 'mnist_nn_decisions_total{decision="nothing there"} 1.0' in figures


def test_nothing_is_read_for_a_client_that_has_left(
    in_process: Run, paper: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of five pages the client waits for the first, and leaves; the others are not read."""
    begun: list[int] = []
    left = Event()
    pages = reading_pages.each_page

    def counted(*arguments: Any, **named: Any) -> Iterator[Any]:
        for page in pages(*arguments, **named):
            begun.append(page.number)
            assert left.wait(PATIENCE)
            yield page

    watch = pictures._watch

    async def watched(*arguments: Any) -> None:
        await watch(*arguments)
        left.set()

    monkeypatch.setattr(reading_pages, "each_page", counted)
    monkeypatch.setattr(pictures, "_watch", watched)
    picture = saved(paper, "TIFF", save_all=True, append_images=[paper] * 4)
    head = f"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(picture)}\r\n\r\n".encode()
    with in_process(create_app(load_reader_model())) as client:
        with socket.create_connection((client.base_url.host, client.base_url.port), PATIENCE) as leaving:
            leaving.sendall(head + picture)
            wait_for(lambda: begun, "it is never read")
        wait_for(lambda: 'route="/read",status="499"' in client.get("/metrics").text, "nobody has noticed")
    assert begun == [1]


def work(served: Served) -> float:
    """The processor's time that the server has taken, which is the same however busy the machine is."""
    used = served.process.cpu_times()
    return float(used.user + used.system)


@pytest.mark.slow
def test_digits_are_answered_while_a_page_is_read(served: Served, mnist: Dataset) -> None:
    picture, digit = page_of_digits(mnist, 12, 12), infer_request(mnist.test.images[:1])
    answered = 0
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(served.ask, "POST", "/read", picture)
        while served.ask("POST", served.infer, digit).status == 200 and not reading.done():
            answered += 1
        assert reading.result(PATIENCE).status == 200
    assert answered > 5


@pytest.mark.slow
def test_pages_of_people_who_left_are_not_read(serve: Any, mnist: Dataset) -> None:
    picture, small = page_of_digits(mnist, 12, 12), page_of_digits(mnist, 1, 1)
    request = f"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(picture)}\r\n\r\n".encode() + picture
    with serve("--reading-limit", 1) as served:
        begin = work(served)
        assert served.ask("POST", "/read", picture).status == 200
        alone = work(served) - begin
        with ExitStack() as opened:
            before = count_requests(served)
            for _ in range(CROWD):
                opened.enter_context(served.connect()).sendall(request)
            wait_for(lambda: count_requests(served) > before + CROWD, "they never came")
        begin = work(served)
        assert served.ask("POST", "/read", small).status == 200
        assert work(served) - begin < CROWD / 4 * alone


@pytest.mark.slow
def test_pictures_that_would_be_decoded_for_ever_are_refused_and_others_answered_meanwhile(
    serve: Any, mnist: Dataset
) -> None:
    hostile, digit, page = tiling_pattern(), infer_request(mnist.test.images[:1]), page_of_digits(mnist, 1, 1)
    with serve("--decode-seconds", 1) as served, ThreadPoolExecutor(4) as pool:
        refusals = [pool.submit(served.ask, "POST", "/read", hostile) for _ in range(4)]
        while not all(refused.done() for refused in refusals):
            assert served.ask("POST", served.infer, digit).status == 200
        for refused in refusals:
            assert refused.result().status == 422
            assert "takes more than 1 seconds of processor time to decode" in refused.result().json["error"]
        assert served.ask("POST", "/read", page).status == 200


@pytest.mark.slow
def test_others_are_read_while_pictures_take_for_ever_and_the_server_stops_all_the_same(
    serve: Any, mnist: Dataset
) -> None:
    """As many as may be read at once go on aside, the rest is sent away; in the end `serve` sends SIGTERM."""
    page = page_of_digits(mnist, 1, 1)
    with ThreadPoolExecutor(4) as pool, serve("--decode-seconds", 10_000, "--stop-seconds", 1) as served:
        asked = [pool.submit(served.ask, "POST", "/read", tiling_pattern()) for _ in range(4)]
        wait_for(lambda: sum(one.done() for one in asked) == 2, "nobody is sent away")
        for answer in (one.result() for one in asked if one.done()):
            assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
            assert "2 other pictures that take long to decode" in answer.json["error"]
        assert served.ask("POST", "/read", page).status == 200
        assert sum(one.done() for one in asked) == 2, "the others are still being decoded"
        decoders = served.process.children()
    assert psutil.wait_procs(decoders, PATIENCE)[1] == []


def test_pictures_are_at_most_half_of_the_requests() -> None:
    reading = pictures.Pictures(load_reader_model(), Limits(request_limit=4))
    with reading.admit(), reading.admit():
        with pytest.raises(HTTPException, match="2 pictures are in progress") as refused, reading.admit():
            pass
        assert (refused.value.status_code, refused.value.headers) == (503, {"Retry-After": "1"})
    with reading.admit(), reading.admit():
        pass
    reading.close()
