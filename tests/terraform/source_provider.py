# SPDX-License-Identifier: Apache-2.0
"""A provider of tests that only repeats replies: all that a host needs of the provider whose resource a
moved block names.

    source_provider.py REPLIES

REPLIES is a JSON file: {method of tfplugin6.Provider: the reply in hexadecimal}."""

import json
import pathlib
import sys
import threading

import grpc
import plugin_server


class Source(grpc.GenericRpcHandler):
    def __init__(self, replies):
        self.replies = replies
        self.ended = threading.Event()

    def service(self, handler_call_details):
        service, method = handler_call_details.method.rsplit("/", 1)
        if method == "StartStream":  # open as long as the host is there
            return grpc.stream_stream_rpc_method_handler(self.hold)
        if method == "Shutdown":
            return grpc.unary_unary_rpc_method_handler(self.shut_down)
        if service == "/tfplugin6.Provider" and method in self.replies:
            return grpc.unary_unary_rpc_method_handler(lambda *_: bytes.fromhex(self.replies[method]))
        return None

    def shut_down(self, _request, _context):
        self.ended.set()
        return b""

    def hold(self, requests, context):
        context.add_callback(self.ended.set)
        for _ in requests:
            yield b""


if __name__ == "__main__":
    source = Source(json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")))
    plugin_server.serve(source, source.ended.wait)
