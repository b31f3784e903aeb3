#!/usr/bin/env python3
"""Event streams of open pages: how long after SMTP's 250 the last of many shows a mail, and what an idle one costs.
`./dev bench web` runs it; README.md says how to read it.

    web_bench.py [--build DIR] [--streams N] [--mails N]
"""

import argparse
import http.client
import json
import os
import re
import resource
import selectors
import smtplib
import socket
import statistics
import tempfile
import threading
import time

from peers import localserve, processes

streams_of_session = 20
user, password = "ada@localhost", "stagecoach"


class Page:
    """One session: calls, and streams that are read elsewhere."""

    def __init__(self, port):
        self.port = port
        self.cookies = {}
        token = self.call("session.prepare", {})["login_token"]
        self.csrf = self.call("session.sign_in", {"login_token": token, "name": user, "password": password})["csrf"]

    def fields(self):
        csrf = {"X-CSRF": self.csrf} if hasattr(self, "csrf") else {}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                "Content-Type": "application/json", **csrf}

    def call(self, method, question):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", f"/api/{method}", json.dumps(question), self.fields())
        answer = connection.getresponse()
        for value in answer.headers.get_all("Set-Cookie", []):
            name, rest = value.split("=", 1)
            self.cookies[name] = rest.split(";", 1)[0]
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{method} is answered {answer.status} {body}")
        return json.loads(body)

    def open_stream(self, with_view):
        one = socket.create_connection(("127.0.0.1", self.port))
        head = "".join(f"{name}: {value}\r\n" for name, value in self.fields().items())
        one.sendall(f"POST /events HTTP/1.1\r\nHost: a\r\n{head}Content-Length: 2\r\n\r\n{{}}".encode())
        said = b""
        while not (name := re.search(rb'"stream":"([^"]+)', said)):
            said += one.recv(65536)
        if with_view:
            self.call("view.open", {"stream": name[1].decode(), "view": 1, "mailbox": 1})
            while b"view_items" not in said:
                said += one.recv(65536)
        one.setblocking(False)
        return one


class Watch(threading.Thread):
    """When each stream shows each mail."""

    def __init__(self, streams):
        super().__init__(daemon=True)
        self.seen = {}
        self.ends = False
        self.selector = selectors.DefaultSelector()
        for one in streams:
            self.selector.register(one, selectors.EVENT_READ, [])

    def run(self):
        while not self.ends:
            for key, _ in self.selector.select(0.05):
                data, now = key.fileobj.recv(1 << 20), time.monotonic()
                for number in re.findall(rb'"subject":"bench (\d+)"', data):
                    self.seen.setdefault(int(number), []).append(now)


def opened(port, count, with_view):
    sessions = [Page(port) for _ in range(-(-count // streams_of_session))]
    return [sessions[i // streams_of_session].open_stream(with_view) for i in range(count)]


def delays(server, count, mails):
    streams = opened(server.http, count, True)
    watch = Watch(streams)
    watch.start()
    accepted = {}
    with smtplib.SMTP("127.0.0.1", server.smtp) as client:
        for number in range(mails):
            client.sendmail("a@example.org", [user], f"Subject: bench {number}\r\n\r\nbody\r\n")
            accepted[number] = time.monotonic()
            time.sleep(0.02)
    end = time.monotonic() + 20
    while time.monotonic() < end and sum(map(len, watch.seen.values())) < mails * count:
        time.sleep(0.05)
    watch.ends = True
    watch.join()
    all_ms = sorted(max(0.0, 1000 * (at - accepted[number])) for number, seen in watch.seen.items() for at in seen)
    if len(all_ms) != mails * count:
        raise RuntimeError(f"{len(all_ms)} of {mails * count} events came")
    for one in streams:
        one.close()
    print(f"250 to the event, {count} streams: p50 {statistics.median(all_ms):.1f} ms, p99 {all_ms[int(len(all_ms) * 0.99)]:.1f} ms, "
          f"last {all_ms[-1]:.1f} ms (goal: p99 100 ms to the row on the screen)")


def memory(server, count):
    before = processes.memory_kb(server.pids())
    streams = opened(server.http, count, False)
    time.sleep(1)
    grown = processes.memory_kb(server.pids()) - before
    print(f"{count} idle streams, in clear: {grown / count:.1f} KB each (goal with TLS: 24 KB)")
    for one in streams:
        one.close()


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--build", default="build-bench")
    options.add_argument("--streams", type=int, default=100)
    options.add_argument("--mails", type=int, default=200)
    options.add_argument("--idle", type=int, default=2000)
    chosen = options.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="stagecoach-web-bench-") as home:
        server = localserve.Localserve(os.path.join(chosen.build, "stagecoach"), home).start()
        try:
            delays(server, chosen.streams, chosen.mails)
            memory(server, min(chosen.idle, 100 * streams_of_session))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
