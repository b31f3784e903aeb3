#!/usr/bin/env python3
"""Event streams of open pages: how long after SMTP's 250 the last of many shows a mail, and what an idle one costs.
`./dev bench web` runs it; README.md says how to read it.

    web_bench.py [--build DIR] [--streams N] [--mails N] [--idle N] [--no-browser]

In Chromium: how long after a page was asked for its list is there, and after a 250 the row is on the screen.
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
import ssl
import statistics
import subprocess
import tempfile
import threading
import time

from peers import localserve, processes

streams_of_session = 20
sessions_of_account = 100
webmail = os.path.join(os.path.dirname(__file__), "../../webmail")
user, password = "ada@localhost", "stagecoach"


class Page:
    """One session: calls, and streams that are read elsewhere."""

    def __init__(self, port, tls=None, name=user):
        self.port, self.tls = port, tls
        self.cookies = {}
        token = self.call("session.prepare", {})["login_token"]
        self.csrf = self.call("session.sign_in", {"login_token": token, "name": name, "password": password})["csrf"]

    def fields(self):
        csrf = {"X-CSRF": self.csrf} if hasattr(self, "csrf") else {}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                "Content-Type": "application/json", **csrf}

    def call(self, method, question):
        if self.tls:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.tls)
        else:
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
        if self.tls:
            one = self.tls.wrap_socket(one)
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


def account(number):
    return user if number == 0 else f"user{number}@localhost"


def opened(port, count, with_view, tls=None):
    sessions = [Page(port, tls, account(i // sessions_of_account)) for i in range(-(-count // streams_of_session))]
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
    """In clear a fifth of them: what TLS costs is the difference."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    for many, port, tls, how in ((count // 5, server.http, None, "in clear"), (count, server.https, trusting, "over TLS")):
        before = processes.memory_kb(server.pids())
        streams = opened(port, many, False, tls)
        time.sleep(1)
        grown = processes.memory_kb(server.pids()) - before
        print(f"{many} idle streams, {how}: {grown / many:.1f} KB each (goal with TLS: 24 KB)", flush=True)
        for one in streams:
            one.close()
        time.sleep(1)


def on_the_screen(server, count):
    """With other pages that look at the mailbox, too."""
    streams = opened(server.http, count, True)
    watch = Watch(streams)
    watch.start()
    done = subprocess.run(["node", "../tests/bench/web_screen.mjs"], cwd=webmail, capture_output=True, text=True, check=False, timeout=300,
                          env={**os.environ, "STAGECOACH_URL": f"http://127.0.0.1:{server.http}", "STAGECOACH_SMTP": str(server.smtp),
                               "STAGECOACH_USER": user, "STAGECOACH_PASSWORD": password})
    watch.ends = True
    watch.join()
    for one in streams:
        one.close()
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    for name, all_ms in json.loads(done.stdout).items():
        all_ms.sort()
        print(f"{name}, {count} other streams: p50 {statistics.median(all_ms):.0f} ms, p99 {all_ms[int(len(all_ms) * 0.99)]:.0f} ms, "
              f"of {len(all_ms)}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--build", default="build-bench")
    options.add_argument("--streams", type=int, default=100)
    options.add_argument("--mails", type=int, default=200)
    options.add_argument("--idle", type=int, default=10000)
    options.add_argument("--no-browser", action="store_true")
    chosen = options.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="stagecoach-web-bench-") as home:
        accounts = -(-chosen.idle // (streams_of_session * sessions_of_account))
        more = [word for i in range(1, accounts) for word in ("--account", f"{account(i)}:{password}")]
        server = localserve.Localserve(os.path.join(chosen.build, "stagecoach"), home, more).start()
        try:
            delays(server, chosen.streams, chosen.mails)
            if not chosen.no_browser:
                on_the_screen(server, chosen.streams)
            memory(server, chosen.idle)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
