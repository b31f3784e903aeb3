"""HTTP/2 frame by frame, as an attacker writes it (RFC 9113), over TLS with ALPN."""

import socket

from _smtp import unverified
from _world import expect

protocol_error, flow_control_error, frame_size_error, compression_error, enhance_your_calm = 1, 3, 6, 9, 11
preface_of_all = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def block(*fields):
    """Literals that nobody remembers (RFC 7541 6.2.2), each shorter than 127 octets."""
    out = b""
    for name, value in fields:
        out += b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
    return out


def get(path):
    return [(":method", "GET"), (":scheme", "https"), (":path", path), (":authority", "a")]


def headers(stream, *fields):
    return frame(1, 5, stream, block(*fields))  # END_HEADERS, END_STREAM


def reset(stream):
    return frame(3, 0, stream, (8).to_bytes(4, "big"))


def window(stream, octets):
    return frame(8, 0, stream, octets.to_bytes(4, "big"))


# A field of 4,000 octets that is remembered, and named again and again by one octet each.
bomb = b"\x40\x01x\x7f\xa1\x1e" + b"x" * 4000 + b"\xbe" * 10_000


class Connection:
    def __init__(self, world, preface=preface_of_all, settings=b""):
        context = unverified()
        context.set_alpn_protocols(["h2"])
        self.socket = context.wrap_socket(socket.create_connection(("127.0.0.1", world.ports["https"]), timeout=20))
        expect(self.socket.selected_alpn_protocol() == "h2", "ALPN")
        self.said = b""
        self.frames = []  # kind, flags, stream, payload
        self.send(preface + (frame(4, 0, 0, settings) if preface == preface_of_all else b""))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Whoever is sent away hears no more."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _until(self, wanted, what):
        while True:
            for one in self.frames:
                if wanted(*one):
                    return one
            more = self.socket.recv(65536)
            expect(more, f"no {what} before the end, but {[one[:3] for one in self.frames][-20:]}")
            self.said += more
            while len(self.said) >= 9 and len(self.said) >= 9 + int.from_bytes(self.said[:3], "big"):
                size = int.from_bytes(self.said[:3], "big")
                self.frames.append((self.said[3], self.said[4], int.from_bytes(self.said[5:9], "big"), self.said[9:9 + size]))
                self.said = self.said[9 + size:]

    def goaway(self):
        """The code of the last word."""
        return int.from_bytes(self._until(lambda kind, *_: kind == 7, "GOAWAY")[3][4:8], "big")

    def reset(self, stream):
        return int.from_bytes(self._until(lambda kind, _, of, __: (kind, of) == (3, stream), "RST_STREAM")[3], "big")

    def body(self, stream):
        """Of a whole answer."""
        self._until(lambda kind, flags, of, _: kind in (0, 1) and of == stream and flags & 1, "end of an answer")
        return b"".join(payload for kind, _, of, payload in self.frames if (kind, of) == (0, stream))
