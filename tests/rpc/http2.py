# SPDX-License-Identifier: Apache-2.0
"""A minimal HTTP/2 client for requests that gRPC's own clients never send. Standard library only;
headers are literals without indexing, so that no HPACK state is needed."""

import socket
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, ACK, END_HEADERS = 1, 1, 4
CANCEL = struct.pack(">I", 8)
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def headers(path):
    """The header block of a gRPC call."""
    block = b""
    for name, value in ((":method", "POST"), (":scheme", "http"), (":path", path),
                        (":authority", "localhost"), ("te", "trailers"),
                        ("content-type", "application/grpc")):
        block += b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
    return block


class Connection:
    """A connection to a unix socket, without TLS."""

    def __init__(self, path, timeout):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0))
        self.unread = b""

    def send(self, data):
        self.socket.sendall(data)

    def read(self):
        """Adds what the server has written to unread; False: it has closed."""
        try:
            piece = self.socket.recv(1 << 20)
        except OSError:
            return False
        self.unread += piece
        return bool(piece)

    def frames(self):
        """Yields the server's frames as (kind, flags, stream, payload) until it closes."""
        while True:
            while len(self.unread) >= 9:
                length = int.from_bytes(self.unread[:3], "big")
                if len(self.unread) < 9 + length:
                    break
                kind, flags, stream = struct.unpack(">BBI", self.unread[3:9])
                payload = self.unread[9:9 + length]
                self.unread = self.unread[9 + length:]
                yield kind, flags, stream & 0x7FFFFFFF, payload
            if not self.read():
                return

    def shut(self):
        """Shuts the socket down, which also ends frames() on another thread."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
