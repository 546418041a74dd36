# SPDX-License-Identifier: Apache-2.0
"""A proxy between a host and the provider that records every call of tfplugin6.Provider.

    recorder.py PROVIDER RECORDING

The host starts this in place of PROVIDER, without TLS (TF_DISABLE_PLUGIN_TLS=1). Each call that ended
well is one line of RECORDING: {"method", "requests": [hex], "replies": [hex]}."""

import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "rpc"))
# pylint: disable=wrong-import-position
import grpc  # noqa: E402
import host  # noqa: E402
import plugin_server  # noqa: E402
from host import surroundings  # noqa: E402

SERVICE = "/tfplugin6.Provider/"


class Forwarder(grpc.GenericRpcHandler):
    """Passes every call on to the provider as it is."""

    def __init__(self, provider, recording):
        self.provider = provider
        self.channel = provider.channel()
        self.recording = recording

    def service(self, handler_call_details):
        method = handler_call_details.method

        def handle(requests, context):
            return self.forward(method, requests, context)

        return grpc.stream_stream_rpc_method_handler(handle)

    def forward(self, method, requests, context):
        seen = []
        replies = []

        def sent():
            for request in requests:
                seen.append(request)
                yield request

        if method.endswith("/StartStream"):  # open as long as the host is there
            context.add_callback(self.provider.process.terminate)
        try:
            for reply in self.channel.stream_stream(method)(sent()):
                replies.append(reply)
                yield reply
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())
        if method.startswith(SERVICE):
            self.record(method[len(SERVICE):], seen, replies)

    def record(self, method, requests, replies):
        line = json.dumps({"method": method, "requests": [one.hex() for one in requests],
                           "replies": [one.hex() for one in replies]}) + "\n"
        descriptor = os.open(self.recording, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, line.encode())
        os.close(descriptor)


def main():
    program, recording = sys.argv[1:]
    variables = surroundings.chosen("TF_", "PLUGIN_", "ENSURE_", "VOLC", "ALI", "BCE_", "HOME")
    with host.Plugin(program, None, mtls=False, variables=variables) as provider:
        plugin_server.serve(Forwarder(provider, recording), provider.process.wait)


if __name__ == "__main__":
    main()
