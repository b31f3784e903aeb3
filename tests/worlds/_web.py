"""A page's side of the web API: calls, cookies, the event stream, and the list that a page makes of its events."""

import contextlib
import http.client
import json
import queue
import socket
import threading
import time

from _world import equal, expect


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


class Browser:
    """One who calls the API, with a cookie jar."""

    def __init__(self, world):
        self.port = world.ports["http"]
        self.cookies = {}
        self.csrf = None

    def request(self, method, path, body=None, **fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        header = {"Host": f"127.0.0.1:{self.port}"}
        if self.cookies:
            header["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.csrf:
            header["X-CSRF"] = self.csrf
        if body is not None:
            header["Content-Type"] = "application/json"
        header.update({name.replace("_", "-"): value for name, value in fields.items()})
        header = {name: value for name, value in header.items() if value is not None}
        connection.request(method, path, body=body, headers=header)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, rest = value.split("=", 1)
                self.cookies[key] = rest.split(";", 1)[0]
        return connection, answer

    def get(self, path, **fields):
        connection, answer = self.request("GET", path, **fields)
        body = answer.read()
        connection.close()
        return answer, body

    def call(self, method, question=None, **fields):
        connection, answer = self.request("POST", f"/api/{method}", json.dumps(question or {}), **fields)
        body = answer.read().decode()
        connection.close()
        given = json.loads(body) if answer.getheader("Content-Type") == "application/json" else body
        if answer.status != 200:
            raise Refused(answer.status, given)
        return given

    def refusal(self, method, question=None, **fields):
        try:
            given = self.call(method, question, **fields)
        except Refused as why:
            return why
        raise AssertionError(f"{method} {question} is answered {given}")

    def sign_in(self, name, password):
        token = self.call("session.prepare")["login_token"]
        self.csrf = self.call("session.sign_in", {"login_token": token, "name": name, "password": password})["csrf"]
        return self


class Stream:
    """An open page: its events, as they come."""

    def __init__(self, browser, method="POST", path=""):
        self.browser = browser
        self.connection, self.answer = browser.request(method, "/events" + path, "{}" if method == "POST" else None)
        equal((self.answer.status, self.answer.getheader("Content-Type")), (200, "text/event-stream"), "the stream")
        self.events = queue.Queue()
        self.last_id, self.reads = "", None  # of what was read; how many events more are, None: all
        self.reading = threading.Lock()
        self.lists, self.shown, self.up_to = {}, 1, None  # rows by the number of their view; which is looked at
        self.mailboxes = {}
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        self.hello = self.next("hello")
        self.name = self.hello["stream"]
        self.mailboxes = {one["id"]: one for one in self.hello["mailboxes"]}

    def _lines(self):
        answer = self.answer
        while line := answer.readline():
            yield line.decode().rstrip("\n")

    def _read(self):
        kind, data, number = None, None, ""
        try:
            for line in self._lines():
                if line.startswith("id: "):
                    number = line[4:]
                elif line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: "):
                    data = json.loads(line[6:])
                elif not line and kind:
                    equal(data["kind"], kind, "the event's two names")
                    self._keep(data, number)
                    kind, number = None, ""
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self.events.put(None)

    def _keep(self, data, number):
        with self.reading:
            if self.reads == 0:
                return  # it is lost
            self.events.put(data)
            self.last_id = number or self.last_id
            if self.reads:
                self.reads -= 1

    def take(self, timeout=20):
        """The next event, applied; None at the end of the stream."""
        one = self.events.get(timeout=timeout)
        if one is not None:
            self._apply(one)
        else:
            self.events.put(None)  # it stays the end
        return one

    def next(self, kind, timeout=20):
        """The next of this kind; None: whatever comes."""
        while True:
            one = self.take(timeout)
            expect(one is not None, f"the stream ends without {kind}")
            if kind is None or one["kind"] == kind:
                return one

    def until(self, condition, what, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            try:
                expect(self.take(max(0.01, end - time.monotonic())) is not None, f"the stream ends before {what}")
            except queue.Empty:
                raise AssertionError(f"{what}: not within {seconds} s; {self.rows[:5]}") from None

    @property
    def rows(self):
        return self.lists.setdefault(self.shown, [])

    @rows.setter
    def rows(self, rows):
        self.lists[self.shown] = rows

    def open(self, mailbox, view=1, **more):
        self.shown = view
        self.browser.call("view.open", {"stream": self.name, "view": view, "mailbox": mailbox, **more})
        while (items := self.next("view_items"))["is_searching"] or items["view"] != view:
            pass
        return items

    def _apply(self, one):
        if one["kind"] == "view_items":
            rows = self.lists.setdefault(one["view"], [])
            if one["is_anew"] or len(rows) != one["total"]:
                rows[:] = [None] * one["total"]
            for place, item in enumerate(one["items"], one["from"]):
                rows[place] = item
            self.up_to = one["up_to"]
        elif one["kind"] == "view_changes":
            rows = self.lists[one["view"]]
            for change in one["changes"]:
                self._change(rows, change)
            equal(len(rows), one["total"], "rows after the changes")
            self.up_to = one["up_to"]
        elif one["kind"] == "mailbox_changed":
            self.mailboxes[one["mailbox"]["id"]] = one["mailbox"]
        elif one["kind"] == "mailbox_removed":
            del self.mailboxes[one["mailbox"]]

    @staticmethod
    def _change(rows, change):
        if change["kind"] == "row_added":
            rows.insert(change["at"], change["item"])
            return
        is_it = lambda row: (row["mailbox"], row["uid"]) == (change["mailbox"], change["uid"])
        if change["kind"] == "row_removed":
            gone = rows.pop(change["at"])
            expect(gone is None or is_it(gone), f"{change} removes {gone}")
        else:
            for row in rows:
                if row and is_it(row):
                    row["flags"] = change["flags"]

    def subjects(self):
        return [row and row["subject"] for row in self.rows]

    def id_of(self, name):
        return next(one["id"] for one in self.mailboxes.values() if one["name"] == name)

    def close(self):
        self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.thread.join(20)
        self.connection.close()

    def come_back(self, first="resumed", last_id=None):
        """Another connection for the same stream, also when the first is not known to be lost. Gives its first event."""
        with self.reading:
            self.reads = 0
        lost = self.connection, self.thread
        self.connection, self.answer = self.browser.request("POST", "/events", "{}", Last_Event_ID=last_id or self.last_id)
        equal(self.answer.status, 200, "the stream, again")
        lost[1].join(20)
        expect(not lost[1].is_alive(), "the stream has left the connection that it had")
        lost[0].close()
        while not self.events.empty():
            if rest := self.events.get():
                self._apply(rest)
        self.reads = None
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        return self.next(first)


class Polled(Stream):
    """The same by polls, as a page has it behind a proxy that holds streams back."""

    def __init__(self, browser, path=""):
        self.is_over = False
        super().__init__(browser, path=f"?poll=&{path}")

    def _lines(self):
        name, after = None, 0
        while self.answer.status == 200 and not self.is_over:
            text = self.answer.read().decode()
            self.connection.close()
            after += text != ""
            lines = text.split("\n")
            name = name or next(json.loads(line[6:])["stream"] for line in lines if line.startswith('data: {"kind":"hello"'))
            yield from lines
            self.connection, self.answer = self.browser.request("POST", f"/events?poll={name}&after={after}", "{}")

    def close(self):
        self.is_over = True
        with contextlib.suppress(OSError, AttributeError):
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.thread.join(30)
        self.connection.close()
