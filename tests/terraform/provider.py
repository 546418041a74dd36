# SPDX-License-Identifier: Apache-2.0
"""An independent client of the provider, and the encoding of values."""

import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "rpc"))
# pylint: disable=wrong-import-position
import host  # noqa: E402

COOKIE = ("TF_PLUGIN_MAGIC_COOKIE",
          "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
UNKNOWN = object()
pb, pb_grpc = host.stubs("proto", "tfplugin6.proto")


def pack(value):
    """Encodes a value in MessagePack as Terraform does, for the types of Ensure's schemas."""
    if value is None:
        return b"\xc0"
    if value is UNKNOWN:
        return b"\xd4\0\0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return b"\xd3" + struct.pack(">q", value)
    if isinstance(value, str):
        data = value.encode()
        return b"\xdb" + struct.pack(">I", len(data)) + data
    if isinstance(value, (list, tuple)):
        return b"\xdd" + struct.pack(">I", len(value)) + b"".join(pack(v) for v in value)
    return (b"\xdf" + struct.pack(">I", len(value)) +
            b"".join(pack(k) + pack(v) for k, v in sorted(value.items())))


class Unpacker:
    """Decodes the values of the provider's replies."""

    LENGTHS = {0xd9: ">B", 0xda: ">H", 0xdb: ">I", 0xdc: ">H", 0xdd: ">I", 0xde: ">H", 0xdf: ">I"}
    NUMBERS = {0xcb: ">d", 0xcc: ">B", 0xcd: ">H", 0xce: ">I", 0xcf: ">Q",
               0xd0: ">b", 0xd1: ">h", 0xd2: ">i", 0xd3: ">q"}
    WORDS = {0xc0: None, 0xc2: False, 0xc3: True}

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def value(self):
        first = self.take(1)[0]
        if first in self.WORDS:
            return self.WORDS[first]
        if first == 0xd4:
            self.take(2)
            return UNKNOWN
        if first < 0x80 or first >= 0xe0:
            return first if first < 0x80 else first - 256
        if first in self.NUMBERS:
            return self.number(self.NUMBERS[first])
        length = self.number(self.LENGTHS[first]) if first in self.LENGTHS else None
        if first & 0xe0 == 0xa0 or 0xd9 <= first <= 0xdb:
            return self.take(first & 0x1f if length is None else length).decode()
        if first & 0xf0 == 0x90 or first in (0xdc, 0xdd):
            return [self.value() for _ in range(first & 15 if length is None else length)]
        return dict((self.value(), self.value())
                    for _ in range(first & 15 if length is None else length))


def dynamic(value):
    return pb.DynamicValue(msgpack=pack(value))


def plain(message):
    return Unpacker(message.msgpack).value() if message.msgpack else None


class Provider(host.Plugin):
    """A provider process over mutual TLS; stub is the service."""

    def __init__(self, program, environment):
        super().__init__(program, COOKIE,
                         variables={**environment, "PLUGIN_PROTOCOL_VERSIONS": "5,6"})
        assert self.fields[:3] == ["1", "6", "unix"], self.line
        self.connection = self.channel()
        self.stub = pb_grpc.ProviderStub(self.connection)

    def raw(self, method):
        """A method that the project's .proto does not have."""
        return self.connection.unary_unary(f"/tfplugin6.Provider/{method}")
