"""SMTP, byte for byte: what is written is what the test says, nothing is repaired on the way (as smtplib would)."""

import collections
import socket
import ssl

Reply = collections.namedtuple("Reply", "code text")


def unverified():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def stuffed(message):
    """RFC 5321 4.5.2: a line that begins with a dot gets another one."""
    text = message.replace(b"\r\n.", b"\r\n..")
    return b"." + text if text.startswith(b".") else text


class Smtp:
    def __init__(self, port, timeout=30, greeting=True, source="127.0.0.1"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout, source_address=(source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.offered = []
        if greeting:
            reply = self.reply()
            if reply.code != 220:
                raise AssertionError(f"the greeting is {reply}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def write(self, data):
        self.socket.sendall(data)

    def line(self):
        """One line without CRLF; None when the server has closed the connection."""
        while True:
            end = self.buffer.find(b"\r\n")
            if end >= 0:
                line = bytes(self.buffer[:end])
                del self.buffer[: end + 2]
                return line
            try:
                more = self.socket.recv(65536)
            except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
                more = b""
            if not more:
                return None
            self.buffer += more

    def reply(self):
        """A reply with all of its lines; code 0 when the connection was closed instead."""
        lines = []
        while True:
            line = self.line()
            if line is None:
                return Reply(0, "closed")
            lines.append(line[4:].decode("utf-8", "replace"))
            if line[3:4] != b"-":
                return Reply(int(line[:3]), "\n".join(lines))

    def rest(self):
        """All replies until the server closes or nothing comes for half a second."""
        found = []
        self.socket.settimeout(0.5)
        try:
            while True:
                reply = self.reply()
                found.append(reply)
                if reply.code == 0:
                    return found
        except TimeoutError:
            return found

    def command(self, line):
        self.write(line.encode("utf-8") + b"\r\n")
        return self.reply()

    def hello(self):
        reply = self.command("EHLO client.example.org")
        if reply.code != 250:
            raise AssertionError(f"EHLO is answered {reply}")
        self.offered = reply.text.split("\n")[1:]
        return self

    def offers(self, name):
        return [word for word in self.offered if word.split(" ")[0] == name]

    def secure(self):
        reply = self.command("STARTTLS")
        if reply.code != 220:
            raise AssertionError(f"STARTTLS is answered {reply}")
        self.handshake()
        return self

    def handshake(self):
        self.socket = unverified().wrap_socket(self.socket, server_hostname="localhost")

    def envelope(self, sender, recipients):
        """MAIL, RCPT and DATA in one write (RFC 2920); fails unless the server waits for the message then."""
        lines = [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{one}>" for one in recipients), "DATA"]
        self.write("".join(line + "\r\n" for line in lines).encode("utf-8"))
        for line in lines[:-1]:
            reply = self.reply()
            if reply.code != 250:
                return reply
        return self.reply()

    def mail(self, sender, recipients, message):
        """A whole mail; the message is lines that end in CRLF. Returns the last reply."""
        reply = self.envelope(sender, recipients)
        if reply.code != 354:
            return reply
        self.write(stuffed(message) + b".\r\n")
        return self.reply()
