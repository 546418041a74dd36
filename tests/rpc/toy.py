# SPDX-License-Identifier: Apache-2.0
"""Starts the toy plugin, whose path is argv[1]."""

import sys

import host

TOY_PLUGIN = sys.argv.pop(1)
toy_pb2, toy_grpc = host.stubs("tests/rpc", "toy.proto")
COOKIE = ("TOY_COOKIE", "let me in")


def start(**options):
    options.setdefault("cookie", COOKIE)
    return host.Plugin(TOY_PLUGIN, **options)


def stub(plugin, **credentials):
    return toy_grpc.ToyStub(plugin.channel(**credentials))


def echo(channel_stub, text="hello"):
    return channel_stub.Echo(toy_pb2.Payload(text=text), timeout=host.TIMEOUT_S).text
