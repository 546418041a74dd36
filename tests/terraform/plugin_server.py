# SPDX-License-Identifier: Apache-2.0
"""Serves a plugin of tests to a host, without TLS (the host needs TF_DISABLE_PLUGIN_TLS=1)."""

import concurrent.futures
import tempfile

import grpc


def serve(handler, wait):
    """Serves the calls by a generic handler, and ends when wait() returns."""
    # Not the name of the plugin's own directories: it removes those that no process holds.
    with tempfile.TemporaryDirectory(prefix="ensure-test-server-") as directory:
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(32))
        server.add_generic_rpc_handlers((handler,))
        server.add_insecure_port(f"unix:{directory}/socket")
        server.start()
        print(f"1|6|unix|{directory}/socket|grpc|", flush=True)
        wait()
        server.stop(1).wait()
