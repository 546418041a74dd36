# SPDX-License-Identifier: Apache-2.0
"""An independent go-plugin host: starts a plugin process, reads its handshake, calls it with grpcio
and stubs that are generated from the .proto files when the test runs."""

import atexit
import ctypes
import faulthandler
import importlib
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import threading

import grpc
from grpc_tools import protoc

TIMEOUT_S = 60  # only reached by a hang
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "tests", "support"))
import surroundings  # noqa: E402  pylint: disable=wrong-import-position
faulthandler.dump_traceback_later(280, exit=True)  # shortly before CTest's timeout
WORK = tempfile.mkdtemp(prefix="ensure-rpc-test-")
atexit.register(shutil.rmtree, WORK, ignore_errors=True)


def stubs(directory, proto):
    """The message and stub modules of a .proto file."""
    out = os.path.join(WORK, "stubs")
    os.makedirs(out, exist_ok=True)
    include = os.path.join(SOURCE, directory)
    if protoc.main(["protoc", f"-I{include}", f"--python_out={out}", f"--grpc_python_out={out}",
                    os.path.join(include, proto)]) != 0:
        raise RuntimeError(f"protoc refuses {proto}")
    if out not in sys.path:
        sys.path.insert(0, out)
    name = proto[:-len(".proto")].replace("/", ".")
    return importlib.import_module(name + "_pb2"), importlib.import_module(name + "_pb2_grpc")


plugin_pb2, plugin_grpc = stubs("proto", "plugin.proto")
health_pb2, health_grpc = stubs("proto", "grpc_health.proto")


class Certificate:
    """A certificate as Terraform makes it: P-521, self-signed, for localhost."""

    def __init__(self):
        done = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521",
             "-sha512", "-nodes", "-keyout", "-", "-out", "-", "-days", "10000", "-subj",
             "/O=HashiCorp/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
             "-addext", "keyUsage=critical,digitalSignature,keyEncipherment,keyAgreement,keyCertSign",
             "-addext", "extendedKeyUsage=clientAuth,serverAuth"],
            check=True, capture_output=True, text=True)
        self.key, self.certificate = (
            re.search(f"-----BEGIN {kind}-----.*?-----END {kind}-----\n", done.stdout, re.S)[0]
            for kind in ("PRIVATE KEY", "CERTIFICATE"))


CERTIFICATE = Certificate()


def pem(base64):
    """Converts a handshake's certificate to PEM."""
    padded = base64 + "=" * (-len(base64) % 4)
    lines = [padded[i:i + 64] for i in range(0, len(padded), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def wait_for_end(pid):
    """Waits until the process, which need not be a child, has ended; False: timeout."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([fd], [], [], TIMEOUT_S)[0])
    finally:
        os.close(fd)


def adopt_orphans():
    """Grandchildren whose parent ends become children of this process, which can wait for them."""
    if ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) != 0:  # PR_SET_CHILD_SUBREAPER
        raise OSError("prctl")


class Plugin:
    """A plugin process; use it in a with statement. `cookie` is (name, value); variables with the
    value None are removed from the environment."""

    def __init__(self, program, cookie, mtls=True, variables=None, arguments=(), **popen):
        environment = surroundings.unset("TOY_")
        wanted = {"PLUGIN_MIN_PORT": "10000", "PLUGIN_MAX_PORT": "25000"}
        if cookie:
            wanted[cookie[0]] = cookie[1]
        if mtls:
            wanted["PLUGIN_CLIENT_CERT"] = CERTIFICATE.certificate
        wanted.update(variables or {})
        for name, value in wanted.items():
            environment.pop(name, None)
            if value is not None:
                environment[name] = value
        self.process = subprocess.Popen(
            [program, *arguments], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **popen)
        self.channels = []
        self.stderr = b""
        self.reader = threading.Thread(target=self._read_stderr)
        self.reader.start()
        self.line = self.process.stdout.readline().decode()
        self.fields = self.line.rstrip("\n").split("|")

    def _read_stderr(self):
        for line in self.process.stderr:
            self.stderr += line

    @property
    def socket(self):
        return self.fields[3]

    def channel(self, key=CERTIFICATE.key, certificate=CERTIFICATE.certificate):
        """A channel with mutual TLS if the plugin offers it, as go-plugin does it."""
        target = "unix:" + self.socket
        options = [("grpc.max_receive_message_length", -1), ("grpc.enable_http_proxy", 0),
                   ("grpc.ssl_target_name_override", "localhost"),
                   ("grpc.use_local_subchannel_pool", 1)]
        if self.fields[5]:
            credentials = grpc.ssl_channel_credentials(
                pem(self.fields[5]).encode(), key.encode() if key else None,
                certificate.encode() if certificate else None)
            channel = grpc.secure_channel(target, credentials, options)
        else:
            channel = grpc.insecure_channel(target, options)
        self.channels.append(channel)
        return channel

    def plain_channel(self):
        channel = grpc.insecure_channel("unix:" + self.socket)
        self.channels.append(channel)
        return channel

    def shut_down(self):
        """Calls Shutdown as a host does and waits; returns the exit status."""
        plugin_grpc.GRPCControllerStub(self.channel()).Shutdown(plugin_pb2.Empty(),
                                                                timeout=TIMEOUT_S)
        return self.wait()

    def wait(self):
        """Waits for the end; returns the exit status. Then stderr is complete."""
        status = self.process.wait(TIMEOUT_S)
        self.reader.join()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        for channel in self.channels:
            channel.close()
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        self.process.stdout.close()
        self.process.stderr.close()
