"""HTTP as a browser and as an attacker speak it: the front page by curl and nghttp, in clear and over TLS, in both versions;
requests that two readers could take for different ones get one answer, and the end; HTTP/2 that only costs gets a GOAWAY."""

import socket
import subprocess

import _http2
from _clients import needs, ran
from _smtp import unverified
from _world import equal, expect, run, say, small

smuggled = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


def curl(*words):
    done = subprocess.run(["curl", "--silent", "--show-error", "--max-time", "30", *words], capture_output=True, text=True,
                          timeout=60, check=False)
    equal(done.returncode, 0, f"curl {words}, which says {done.stderr}")
    return done.stdout


def by_curl(world):
    for url, more in ((f"http://127.0.0.1:{world.ports['http']}/", []), (f"https://127.0.0.1:{world.ports['https']}/", ["--insecure", "--http1.1"])):
        page = curl(*more, url)
        for wanted in ("ada@localhost", f"127.0.0.1:{world.ports['imap']}", f"127.0.0.1:{world.ports['submissions']}"):
            expect(wanted in page, f"{wanted} is not on the page:\n{page}")
        head = curl(*more, "--head", url)
        expect(head.startswith("HTTP/1.1 200 OK\n"), f"HEAD says {head}")
        fields = dict(line.split(": ", 1) for line in head.strip().split("\n")[1:])
        equal((fields["Content-Length"], fields["X-Content-Type-Options"]), (str(len(page.encode())), "nosniff"), "its fields")
        code = ["--output", "/dev/null", "--write-out", "%{http_code} %{num_connects}"]
        equal(curl(*more, *code, "--header", f"If-None-Match: {fields['ETag']}", url), "304 1", "who has the page")
        equal(curl(*more, *code, url + "none"), "404 1", "a page that is not there")
        equal(curl(*more, *code, "--data", "x" * 100_000, url), "405 1", "POST")
        twice = curl(*more, *code, url, "--next", "--silent", *more, *code, url).split()
        expect(twice[-1] == "0" or twice[1] == "10", f"a second request opens a connection again: {twice}")
    say("curl: the page and its head, 304, 404, 405, in clear and over TLS")


def by_http2(world):
    """Two clients' libraries, and what HTTP/1.1 says of the same page."""
    url = f"https://127.0.0.1:{world.ports['https']}/"
    page = curl("--insecure", "--http1.1", url)
    equal(curl("--insecure", "--http2", url), page, "the page over HTTP/2")
    head = curl("--insecure", "--http2", "--head", url)
    expect(head.startswith("HTTP/2 200 \n"), f"HEAD says {head}")
    fields = dict(line.split(": ", 1) for line in head.strip().split("\n")[1:])
    equal((fields["content-length"], fields["x-content-type-options"]), (str(len(page.encode())), "nosniff"), "its fields")
    code = ["--insecure", "--http2", "--output", "/dev/null", "--write-out", "%{http_code} %{http_version} %{num_connects} "]
    equal(curl(*code, "--header", f"If-None-Match: {fields['etag']}", url), "304 2 1 ", "who has the page")
    equal(curl(*code, "--data", "x" * 100_000, url), "405 2 1 ", "POST")
    equal(curl(*code, url, "--next", "--silent", *code, url + "none"), "200 2 1 404 2 0 ", "two on one connection")
    many = [word for number in range(small(300, 50)) for word in ("--next", "--silent", *code, f"{url}?{number}")]
    said = curl("--parallel", "--parallel-max", "100", *code, url, *many)
    equal(set(said.split()[::3]), {"200"}, "many at once")
    clear = subprocess.run(["curl", "--silent", "--http2-prior-knowledge", f"http://127.0.0.1:{world.ports['http']}/"],
                           capture_output=True, timeout=60, check=False)
    expect(clear.returncode != 0, "HTTP/2 in clear")
    equal(curl("--http2", f"http://127.0.0.1:{world.ports['http']}/"), page, "an upgrade in clear is not done")
    seen = ran(["nghttp", "--no-verify-peer", "--stat", "--multiply=20", "--null-out", url], "nghttp").stdout.decode()
    equal(seen.count(" 200 "), 20, f"answers in {seen}")
    equal(ran(["nghttp", "--no-verify-peer", url], "nghttp").stdout.decode(), page, "the page by nghttp")
    say("curl and nghttp: HTTP/2 by ALPN, many at once, and none of it in clear")


def answers(world, data):
    """All that comes back until the end."""
    with socket.create_connection(("127.0.0.1", world.ports["http"]), timeout=20) as one:
        try:
            one.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        said = b""
        try:
            while more := one.recv(65536):
                said += more
        except ConnectionResetError:
            pass
        return said


def one_answer(data, status):
    def play(world):
        said = answers(world, data + smuggled)
        expect(said.startswith(b"HTTP/1.1 %d " % status), f"the answer is {said[:200]}")
        equal(said.count(b"\r\nContent-Length: "), 1, f"answers in {said[:1000]}")
    return play


def many(world):
    """Ten thousand pipelined requests, each answered, and a client that reads none of it holds nobody up."""
    count = small(10_000, 1000)
    ask = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    with socket.create_connection(("127.0.0.1", world.ports["http"]), timeout=5) as silent:
        silent.settimeout(1)
        try:
            silent.sendall(ask * count * 10)
        except TimeoutError:
            pass
        said = answers(world, ask * (count - 1) + b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    equal(said.count(b"HTTP/1.1 200 OK\r\n"), count, "answers to pipelined requests")


def mail_to_the_web(world):
    """A mail program that took the wrong port, and TLS on the one without."""
    for data in (b"EHLO client.example.org\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100)):
        said = answers(world, data)
        expect(said.startswith(b"HTTP/1.1 400 ") and said.count(b"HTTP/1.1 ") == 1, f"{data[:10]} is answered {said[:100]}")
    with unverified().wrap_socket(socket.create_connection(("127.0.0.1", world.ports["https"]), timeout=20)) as secure:
        secure.sendall(b"QUIT\r\n\r\n")
        expect(secure.recv(4096).startswith(b"HTTP/1.1 400 "), "QUIT over TLS")


def post(fields, body=b""):
    return b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n" + body


def flood(piece, count, code=_http2.enhance_your_calm):
    """Sent away by a GOAWAY with that code, before it is all sent or after."""
    def play(world):
        with _http2.Connection(world) as one:
            one.send(b"".join(piece(number) for number in range(count)))
            equal(one.goaway(), code, "GOAWAY")
    return play


def malformed(*fields):
    """A stream error, and the next request is answered (HS15)."""
    def play(world):
        with _http2.Connection(world) as one:
            one.send(_http2.headers(1, *fields) + _http2.headers(3, *_http2.get("/")))
            equal(one.reset(1), _http2.protocol_error, "RST_STREAM")
            one.body(3)
    return play


def post2(*more):
    return [(":method", "POST"), *_http2.get("/")[1:], *more]


def window_of_nothing(world):
    """A hundred answers, none of which may be sent; the client stays for a while, and others are served."""
    with _http2.Connection(world, settings=b"\0\4\0\0\0\0") as one:
        one.send(b"".join(_http2.headers(2 * number + 1, *_http2.get("/mail/")) for number in range(100)))
        expect(len(curl("--insecure", f"https://127.0.0.1:{world.ports['https']}/mail/")) > 1000, "another client's page")
        one.send(_http2.window(0, 1_000_000) + _http2.window(1, 1_000_000))
        expect(len(one.body(1)) > 1000, "the one that may be sent")


def many_streams(world):
    """Fifty requests at a time, again and again: no stream costs anything when it is over."""
    count = small(2000, 300)
    with _http2.Connection(world) as one:
        for first in range(0, count, 50):
            one.send(b"".join(_http2.headers(2 * number + 1, *_http2.get("/")) for number in range(first, first + 50)))
            one.body(2 * (first + 49) + 1)
            one.send(_http2.window(0, 100_000))


cases2 = {
    "WB08 rapid reset": flood(lambda n: _http2.headers(2 * n + 1, *_http2.get("/")) + _http2.reset(2 * n + 1), 10_000),
    "WB08 CONTINUATION": flood(lambda n: _http2.frame(9 if n else 1, 0, 1, _http2.block(("x", "y"))), 10_000),
    "WB08 PING": flood(lambda n: _http2.frame(6, 0, 0, b"12345678"), 10_000),
    "WB08 SETTINGS": flood(lambda n: _http2.frame(4, 0, 0, b""), 10_000),
    "WB08 empty DATA": flood(lambda n: _http2.frame(0, 0, 1, b"") if n else _http2.frame(1, 4, 1, _http2.block(*post2())), 10_000),
    "WB08 malformed requests": flood(lambda n: _http2.headers(2 * n + 1, *_http2.get("/"), ("X", "y")), 10_000),
    "WB08 a bomb of headers": flood(lambda n: _http2.frame(1, 5, 2 * n + 1, _http2.block(*_http2.get("/")) + _http2.bomb), 1000),
    "WB08 a window of nothing": window_of_nothing,
    "WB08 many streams": many_streams,
    "HS06 HTTP/1.1 where HTTP/2 is agreed on": lambda world: equal(
        _http2.Connection(world, preface=b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").goaway(), _http2.protocol_error, "GOAWAY"),
    "HS15 a path with a line end": malformed(*post2()[:2], (":path", "/\r\nx: y"), (":authority", "a")),
    "HS15 a value with a line end": malformed(*_http2.get("/"), ("x", "y\r\nz: 1")),
    "HS15 transfer-encoding": malformed(*post2(("transfer-encoding", "chunked"))),
    "HS15 connection": malformed(*_http2.get("/"), ("connection", "close")),
    "HS15 an upper-case name": malformed(*_http2.get("/"), ("X-Y", "z")),
    "HS15 two paths": malformed(*_http2.get("/"), (":path", "/x")),
    "HS15 another host": malformed(*_http2.get("/"), ("host", "b")),
    "HS15 a length and no body": malformed(*post2(("content-length", "5"))),
    "a frame that is too large": flood(lambda n: b"\xff\xff\xff\x00\x00\0\0\0\1" + bytes(100), 10, _http2.frame_size_error),
    "a push by the client": flood(lambda n: _http2.frame(5, 4, 1, b"\0\0\0\2"), 1, _http2.protocol_error),
    "DATA of no stream": flood(lambda n: _http2.frame(0, 0, 1, b"x"), 1, _http2.protocol_error),
    "a window that is too large": flood(lambda n: _http2.window(0, 2**31 - 1), 2, _http2.flow_control_error),
    "compression that is none": flood(lambda n: _http2.frame(1, 5, 1, b"\xff\xff\xff\xff\xff\xff"), 1, _http2.compression_error),
}

cases = {
    "HS01 two framings": one_answer(post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"), 400),
    "HS02 two lengths": one_answer(post(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello"), 400),
    "HS03 a length of hexadecimal": one_answer(post(b"Content-Length: 0x5\r\n", b"hello"), 400),
    "HS04 two codings": one_answer(post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), 400),
    "HS05 a space before the colon": one_answer(post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"), 400),
    "HS06 HTTP/2 in clear": one_answer(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "HS07 bare line feeds": one_answer(b"GET / HTTP/1.1\nHost: a\n\n", 400),
    "HS11 a body that nobody wants": one_answer(post(b"Content-Length: 1000000\r\n"), 405),
    "HS13 CONNECT": one_answer(b"CONNECT localhost:25 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    "HS17 many": many,
    "WB08 a header without end": one_answer(b"GET / HTTP/1.1\r\nX: " + b"x" * 1_000_000, 431),
    "WB08 a target without end": one_answer(b"GET /" + b"x" * 1_000_000, 431),
    "TL14 mail on the web's ports": mail_to_the_web,
}


def test(world):
    needs("curl", "nghttp")
    world.start()
    by_curl(world)
    by_http2(world)
    world.withstands({**cases, **cases2})
    say(f"{len(cases)} hostile cases, and {len(cases2)} of HTTP/2")


run(test, seconds=small(60, 200))
