"""HTTP as a browser and as an attacker speak it: the front page by curl, in clear and over TLS; requests that two readers could
take for different ones get one answer, and the end."""

import socket
import subprocess

from _clients import needs
from _smtp import unverified
from _world import equal, expect, run, say, small

smuggled = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


def curl(*words):
    done = subprocess.run(["curl", "--silent", "--show-error", "--max-time", "30", *words], capture_output=True, text=True,
                          timeout=60, check=False)
    equal(done.returncode, 0, f"curl {words}, which says {done.stderr}")
    return done.stdout


def by_curl(world):
    for url, more in ((f"http://127.0.0.1:{world.ports['http']}/", []), (f"https://127.0.0.1:{world.ports['https']}/", ["--insecure"])):
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
    needs("curl")
    world.start()
    by_curl(world)
    world.withstands(cases)
    say(f"{len(cases)} hostile cases")


run(test, seconds=small(60, 200))
