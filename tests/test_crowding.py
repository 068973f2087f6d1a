"""Places for uploads and large downloads: counted, refused when full, and given back whatever happens."""

import gc
import threading

import pytest
from flask import Flask, Response, request

from webapp import crowding
from webapp.config import Settings
from webapp.crowding import BUFFERED, Places

LARGE = b"x" * (BUFFERED + 1)


def ask(application, **environ):
    """Ask an application and return the status, the headers and the body as it comes."""
    begun = []
    body = application(
        {"REQUEST_METHOD": "GET", "CONTENT_LENGTH": ""} | environ, lambda *answer: begun.append(answer)
    )
    return begun[0][0], dict(begun[0][1]), body


def answering(body, length=None):
    """Make an application that answers one body."""

    def application(_environ, start_response):
        start_response("200 OK", [] if length is None else [("Content-Length", str(length))])
        return body

    return application


@pytest.fixture
def stalled():
    """An application with two places, whose uploads wait until they are let go, and a way to fill it."""
    inside, go = threading.Semaphore(0), threading.Event()

    def application(environ, start_response):
        if environ.get("stall"):
            inside.release()
            go.wait()
        start_response("503" if environ.get(crowding.CROWDED) else "200", [])
        return [b""]

    places, threads = Places(application, 2), []

    def fill():
        for _ in range(2):
            threads.append(
                threading.Thread(target=ask, args=(places,), kwargs={"CONTENT_LENGTH": "9", "stall": True})
            )
            threads[-1].start()
            inside.acquire()
        return places

    def empty():
        go.set()
        for thread in threads:
            thread.join()

    yield fill, empty
    empty()


def test_upload_beyond_the_places_is_told_so(stalled):
    fill, _ = stalled

    assert ask(fill(), CONTENT_LENGTH="9")[0] == "503"


def test_chunked_upload_beyond_the_places_is_told_so(stalled):
    fill, _ = stalled

    assert ask(fill(), HTTP_TRANSFER_ENCODING="chunked")[0] == "503"


@pytest.mark.parametrize("length", ["", "0"])
def test_request_without_a_body_is_served_beside_full_places(stalled, length):
    fill, _ = stalled

    assert ask(fill(), CONTENT_LENGTH=length)[0] == "200"


def test_places_of_uploads_are_given_back(stalled):
    fill, empty = stalled
    places = fill()

    empty()

    assert [ask(places, CONTENT_LENGTH="9")[0] for _ in range(5)] == ["200"] * 5


def test_place_of_an_upload_that_fails_is_given_back():
    def broken(_environ, _start):
        raise RuntimeError("no")

    places = Places(broken, 1)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            ask(places, CONTENT_LENGTH="9")

    assert places.receiving.acquire(blocking=False)


def test_large_download_beyond_the_places_is_refused():
    places = Places(answering(iter([LARGE]), len(LARGE)), 1)
    _, _, first = ask(places)

    status, headers, body = ask(places)

    assert status == "503 Service Unavailable"
    assert headers["Retry-After"] == "3"
    assert b"Try again" in b"".join(body)
    assert first


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("/programs/galleries", "application/json", b'{"detail":"Later."}'),
        ("/galleries/", "text/plain; charset=utf-8", crowding.PLAIN[1]),
    ],
)
def test_refused_download_is_told_so_in_the_words_of_its_door(path, kind, said):
    words = {"/programs": ("application/json", b'{"detail":"Later."}')}
    status, headers, body = ask(Places(answering(iter([LARGE])), 0, words), PATH_INFO=path)

    assert (status, headers["Content-Type"], headers["Retry-After"]) == ("503 Service Unavailable", kind, "3")
    assert (b"".join(body), headers["Content-Length"]) == (said, str(len(said)))


def test_refused_download_is_closed():
    closed = []

    class Body:
        def __iter__(self):
            return iter([LARGE])

        def close(self):
            closed.append(self)

    places = Places(answering(Body(), len(LARGE)), 0)
    ask(places)

    assert len(closed) == 1


@pytest.mark.parametrize("end", ["read", "close", "forget", "close twice"])
def test_place_of_a_download_is_given_back_once(end):
    places = Places(answering(iter([LARGE]), len(LARGE)), 1)
    _, _, body = ask(places)

    if end == "read":
        assert b"".join(body) == LARGE
    elif end != "forget":
        body.close()
        if end == "close twice":
            body.close()
    del body
    gc.collect()

    assert places.sending.acquire(blocking=False)
    assert not places.sending.acquire(blocking=False)


@pytest.mark.parametrize(("body", "length"), [([LARGE], len(LARGE)), (iter([b"x"]), 1), (iter([b""]), BUFFERED)])
def test_answer_that_needs_no_waiting_takes_no_place(body, length):
    places = Places(answering(body, length), 0)

    assert ask(places)[0] == "200 OK"


def test_stream_of_unknown_length_takes_a_place():
    assert ask(Places(answering(iter([b"x"])), 0))[0] == "503 Service Unavailable"


def test_crowded_request_is_refused_before_it_is_read(tmp_path):
    app = Flask("crowded")
    settings = Settings.from_environ({"VITRINE_HOME": str(tmp_path)})
    crowding.init(app, settings)
    app.add_url_rule("/", view_func=lambda: Response(request.get_data()), methods=["POST"], endpoint="echo")
    client = app.test_client()

    assert client.post("/", data=b"abc").data == b"abc"
    refused = client.post("/", data=b"abc", environ_overrides={crowding.CROWDED: True})

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "3")
