"""IMAP, response by response: untagged ones are kept in their order, literals are bytes, IDLE is a state one can wait in."""

import re
import socket
import ssl
import time

import _smtp


class Response:
    """One response: its text with every literal cut out as {n}, and the literals."""

    def __init__(self, parts, literals):
        self.parts = parts
        self.literals = literals
        self.text = b"".join(parts).decode("utf-8", "surrogateescape")

    def __repr__(self):
        return self.text[:200]

    def exists(self):
        found = re.fullmatch(r"\* (\d+) EXISTS", self.text)
        return int(found[1]) if found else None

    def expunged(self):
        found = re.fullmatch(r"\* (\d+) EXPUNGE", self.text)
        return int(found[1]) if found else None

    def fetched(self):
        """(sequence number, {item: value}) of a FETCH response, else None."""
        found = re.match(rb"\* (\d+) FETCH ", self.parts[0])
        if not found:
            return None
        tokens = Tokens([self.parts[0][found.end() :], *self.parts[1:]], self.literals)
        items = tokens.value()
        return int(found[1]), {items[i].upper(): items[i + 1] for i in range(0, len(items), 2)}


def flags(items):
    r"""The flags of a FETCH, without \Recent, which says something of the session and nothing of the message."""
    return frozenset(items["FLAGS"]) - {r"\Recent"}


class Tokens:
    """Lists, atoms, strings and literals of a response (RFC 9051 9), as lists, str and bytes."""

    pattern = re.compile(rb'\s*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|\{(\d+)\}\Z|((?:[^\s()"\[\{]|\[[^\]]*\](?:<\d+>)?)+))')

    def __init__(self, parts, literals):
        self.parts = list(parts)
        self.literals = list(literals)
        self.at = 0

    def value(self):
        kind, value = self.token()
        return self.rest_of_list() if kind == "(" else value

    def rest_of_list(self):
        items = []
        while True:
            kind, value = self.token()
            if kind == ")":
                return items
            items.append(self.rest_of_list() if kind == "(" else value)

    def token(self):
        found = self.pattern.match(self.parts[0], self.at)
        if not found:
            raise AssertionError(f"not IMAP: {self.parts[0][self.at:self.at + 80]!r}")
        self.at = found.end()
        if found[1]:
            return "(", None
        if found[2]:
            return ")", None
        if found[3] is not None:
            return "string", re.sub(rb"\\(.)", rb"\1", found[3])
        if found[4] is not None:
            self.parts.pop(0)
            self.at = 0
            return "literal", self.literals.pop(0)
        return "atom", found[5].decode("utf-8", "surrogateescape")


class Answer:
    """What a command was answered: the tagged text and the untagged responses that came before it."""

    def __init__(self, text, untagged):
        self.text = text
        self.untagged = untagged
        self.ok = text.startswith("OK")

    def __repr__(self):
        return f"{self.text} after {self.untagged}"

    def code(self, name):
        """The words of a response code, in the tagged text or in an untagged OK; None where there is none."""
        for text in [self.text, *(one.text for one in self.untagged)]:
            found = re.search(rf"\[{name}(?: ([^\]]*))?\]", text)
            if found:
                return (found[1] or "").split()
        return None

    def fetched(self):
        return [one for one in (response.fetched() for response in self.untagged) if one]

    def expunged(self):
        return [one for one in (response.expunged() for response in self.untagged) if one is not None]

    def exists(self):
        return [one for one in (response.exists() for response in self.untagged) if one is not None]

    def numbers(self, name):
        """The numbers of `* SEARCH 1 2 3`."""
        for one in self.untagged:
            if one.text.startswith(f"* {name}"):
                return [int(word) for word in one.text.split()[2:] if word.isdigit()]
        return None


class Imap:
    def __init__(self, port, tls=False, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.handshake()
        self.buffer = bytearray()
        self.count = 0
        self.timeout = timeout
        self.greeting = self.response()

    def handshake(self):
        self.socket = _smtp.unverified().wrap_socket(self.socket, server_hostname="localhost")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def write(self, data):
        self.socket.sendall(data)

    # --- reading ---

    def more(self, end):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the server says nothing")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(1 << 20)
        except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError):
            data = b""
        if not data:
            raise EOFError("the server has closed the connection")
        self.buffer += data

    def response(self, seconds=None):
        """The next response, whole or not at all: what a timeout leaves half read is read again."""
        end = time.monotonic() + (seconds if seconds is not None else self.timeout)
        parts, literals, at, looked = [], [], 0, 0
        while True:
            stop = self.buffer.find(b"\r\n", max(at, looked))
            if stop < 0:
                looked = len(self.buffer) - 1
                self.more(end)
                continue
            line = bytes(self.buffer[at:stop])
            at = stop + 2
            parts.append(line)
            found = re.search(rb"\{(\d+)\}\Z", line)
            if not found:
                del self.buffer[:at]
                return Response(parts, literals)
            size = int(found[1])
            while len(self.buffer) < at + size:
                self.more(end)
            literals.append(bytes(self.buffer[at : at + size]))
            at += size

    # --- commands ---

    def command(self, text, *literals):
        """A command whose {} are the literals, each sent when the server has asked for it (RFC 9051 4.3)."""
        tag = self.begin(text, *literals)
        return tag if isinstance(tag, Answer) else self.answer(tag)

    def begin(self, text, *literals):
        self.count += 1
        tag = f"t{self.count}"
        pieces = text.split("{}")
        data = f"{tag} {pieces[0]}".encode("utf-8")
        for literal, piece in zip(literals, pieces[1:]):
            self.write(data + b"{%d}\r\n" % len(literal))
            untagged = []
            while True:
                response = self.response()
                if response.text.startswith("+"):
                    break
                if response.text.startswith(tag + " "):
                    return Answer(response.text[len(tag) + 1 :], untagged)
                untagged.append(response)
            self.write(literal)
            data = piece.encode("utf-8")
        self.write(data + b"\r\n")
        return tag

    def answer(self, tag):
        untagged = []
        while True:
            response = self.response()
            if response.text.startswith(tag + " "):
                return Answer(response.text[len(tag) + 1 :], untagged)
            untagged.append(response)

    def good(self, text, *literals):
        answer = self.command(text, *literals)
        if not answer.ok:
            raise AssertionError(f"{text[:100]} is answered {answer}")
        return answer

    def login(self, user, password):
        return self.good(f'LOGIN "{user}" "{password}"')

    def secure(self):
        self.good("STARTTLS")
        self.handshake()

    def select(self, mailbox="INBOX", verb="SELECT"):
        """Returns (EXISTS, UIDVALIDITY, UIDNEXT)."""
        answer = self.good(f"{verb} {mailbox}")
        return answer.exists()[-1], int(answer.code("UIDVALIDITY")[0]), int(answer.code("UIDNEXT")[0])

    def append(self, message, mailbox="INBOX", flags=""):
        """Returns (UIDVALIDITY, UID) of the new message (RFC 4315)."""
        answer = self.good(f"APPEND {mailbox} {flags + ' ' if flags else ''}{{}}", message)
        words = answer.code("APPENDUID")
        return int(words[0]), int(words[1])

    def bodies(self, what="1:*"):
        """{UID: (flags, message)} of the selected mailbox, without setting \\Seen."""
        found = {}
        for _, items in self.good(f"UID FETCH {what} (UID FLAGS BODY.PEEK[])").fetched():
            if "BODY[]" in items:
                found[int(items["UID"])] = (flags(items), items["BODY[]"])
        return found

    # --- IDLE ---

    def idle(self):
        self.idle_tag = self.begin("IDLE")
        self.early = []
        while True:
            response = self.response()
            if response.text.startswith("+"):
                return self
            self.early.append(response)

    def next(self, seconds):
        """The next untagged response in IDLE but RECENT, which may follow any EXISTS; None when none comes in time."""
        while True:
            try:
                response = self.early.pop(0) if self.early else self.response(seconds)
            except TimeoutError:
                return None
            if not response.text.endswith(" RECENT"):
                return response

    def wait_exists(self, count, seconds):
        """Waits in IDLE until EXISTS says so many; returns what came."""
        came, end = [], time.monotonic() + seconds
        while True:
            response = self.next(max(0.0, end - time.monotonic()))
            if response is None:
                raise AssertionError(f"no EXISTS of {count} within {seconds} s; came: {came}")
            came.append(response)
            if (response.exists() or 0) >= count:
                return came

    def done(self):
        self.write(b"DONE\r\n")
        return self.answer(self.idle_tag)
