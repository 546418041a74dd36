# SPDX-License-Identifier: Apache-2.0
"""Server reflection of the real plugin process: what it says is what the .proto files say and what
is served, and it suffices to call the plugin without them. argv[1] is terraform-provider-ensure,
argv[2] the version."""

import os
import pathlib
import sys
import tempfile
import threading
import unittest

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc

import host

PROGRAM, VERSION = sys.argv[1:3]
del sys.argv[1:3]
COOKIE = ("ENSURE_PLUGIN_MAGIC_COOKIE", "2b7f0c3e5a914d68b1c4e9d07a36f8521fd0c6a9b8e3457d")
PROTO = pathlib.Path(host.SOURCE) / "proto"
pb2, pb2_grpc = host.stubs("proto", "grpc_reflection.proto")
Question = pb2.ServerReflectionRequest
VERSIONS = ("v1", "v1alpha")
FILES = {"ensure/v1/ensure.proto", "tfplugin6.proto", "plugin.proto", "grpc_health.proto",
         "grpc_reflection.proto"}
SERVICES = ["ensure.v1.Ensure", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection", "plugin.GRPCBroker",
            "plugin.GRPCController", "plugin.GRPCStdio", "tfplugin6.Provider"]
QUESTION_MAX = 4096  # rpc/reflection.h
UNREAD_MAX = 32 * 1024 * 1024  # rpc/server.h: 16 MiB, and what the transport takes


def described_here():
    """The descriptors by their file names, from the .proto files of the tree."""
    out = os.path.join(host.WORK, "set")
    assert protoc.main(["protoc", f"-I{PROTO}", f"--descriptor_set_out={out}",
                        *(str(PROTO / name) for name in FILES)]) == 0
    found = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out).read_bytes())
    return {file.name: file for file in found.file}


class Reflection(unittest.TestCase):
    def setUp(self):
        # pylint: disable=consider-using-with
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.plugin = host.Plugin(PROGRAM, COOKIE, variables={"HOME": home.name})
        self.addCleanup(self.plugin.__exit__)
        self.channel = self.plugin.channel()

    def stream(self, questions, version="v1"):
        method = f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
        return self.channel.stream_stream(
            method, Question.SerializeToString,
            pb2.ServerReflectionResponse.FromString)(questions, timeout=host.TIMEOUT_S)

    def ask(self, version="v1", **question):
        """The only answer to one question."""
        question = Question(host="here", **question)
        answers = list(self.stream(iter([question]), version))
        self.assertEqual(len(answers), 1)
        self.assertEqual((answers[0].valid_host, answers[0].original_request), ("here", question))
        return answers[0]

    def file(self, **question):
        """The file descriptor that is the answer; None if nothing is found."""
        answer = self.ask(**question)
        if answer.HasField("error_response"):
            self.assertEqual(answer.error_response.error_code, 5)
            self.assertEqual(answer.error_response.error_message,
                             "the plugin has no such file, symbol or extension")
            return None
        (data,) = answer.file_descriptor_response.file_descriptor_proto
        return descriptor_pb2.FileDescriptorProto.FromString(data)

    def fails(self, code, questions):
        """The message of the status that the stream must end with."""
        with self.assertRaises(grpc.RpcError) as caught:
            list(self.stream(iter(questions)))
        self.assertEqual(caught.exception.code(), code)
        return caught.exception.details()

    # ---- what is said ---------------------------------------------------------------------------

    def test_services(self):
        for version in VERSIONS:
            answer = self.ask(version, list_services="*")
            self.assertEqual([one.name for one in answer.list_services_response.service], SERVICES)

    def test_files_are_those_of_the_tree(self):
        for name, expected in described_here().items():
            found = self.file(file_by_filename=name)
            self.assertEqual(found, expected)
            self.assertEqual(list(found.dependency), [])  # the answer is this file alone
        alpha = self.file(file_by_filename="grpc_reflection_v1alpha.proto")
        stable = self.file(file_by_filename="grpc_reflection.proto")
        self.assertEqual(str(alpha).replace("v1alpha", "v1").replace("_v1.proto", ".proto"),
                         str(stable))
        for name in ("", "ensure.proto", "proto/plugin.proto", "descriptor_names.proto", "../x"):
            self.assertIsNone(self.file(file_by_filename=name), name)

    def test_symbols(self):
        for symbol, name in (
                ("ensure.v1.Ensure", "ensure/v1/ensure.proto"),
                ("ensure.v1.Ensure.Plan", "ensure/v1/ensure.proto"),
                ("ensure.v1.InstancePlan", "ensure/v1/ensure.proto"),
                ("ensure.v1.InstancePlan.client_token", "ensure/v1/ensure.proto"),
                ("tfplugin6.Provider", "tfplugin6.proto"),
                ("tfplugin6.PlanResourceChange.Request", "tfplugin6.proto"),
                ("tfplugin6.PlanResourceChange.Request.config", "tfplugin6.proto"),
                ("tfplugin6.Diagnostic.Severity", "tfplugin6.proto"),
                ("tfplugin6.Diagnostic.ERROR", "tfplugin6.proto"),
                ("tfplugin6.StringKind", "tfplugin6.proto"),
                ("tfplugin6.MARKDOWN", "tfplugin6.proto"),
                ("tfplugin6.AttributePath.Step.selector", "tfplugin6.proto"),
                ("plugin.GRPCController.Shutdown", "plugin.proto"),
                ("grpc.health.v1.HealthCheckResponse.SERVING", "grpc_health.proto"),
                ("grpc.reflection.v1.ServerReflection", "grpc_reflection.proto"),
                ("grpc.reflection.v1alpha.ErrorResponse", "grpc_reflection_v1alpha.proto")):
            found = self.file(file_containing_symbol=symbol)
            self.assertIsNotNone(found, symbol)
            self.assertEqual(found.name, name)
        for symbol in ("", ".", "ensure", "ensure.v1", "ensure.v1.", ".ensure.v1.Ensure",
                       "ensure.v1.Ensur", "ensure.v1.Ensure.", "ensure.v1.Ensure.Plan.x",
                       "ensure.v1.Ensure.Fly", "tfplugin6.Request", "tfplugin6.Diagnostic.Severity.ERROR",
                       "tfplugin6.PlanResourceChange.Request.nothing", "tfplugin6.StringKind.MARKDOWN",
                       "tfplugin6.Diagnostic..Severity", "plugin.GRPCController.Shutdown.Empty"):
            self.assertIsNone(self.file(file_containing_symbol=symbol), symbol)

    def test_extensions(self):
        answer = self.ask(all_extension_numbers_of_type="ensure.v1.InstancePlan")
        numbers = answer.all_extension_numbers_response
        self.assertEqual((numbers.base_type_name, list(numbers.extension_number)),
                         ("ensure.v1.InstancePlan", []))
        for name in ("ensure.v1.Nothing", "ensure.v1.Ensure", "ensure.v1.InstancePlan.target", ""):
            self.assertIsNone(self.file(all_extension_numbers_of_type=name))
        self.assertIsNone(self.file(file_containing_extension=pb2.ExtensionRequest(
            containing_type="ensure.v1.InstancePlan", extension_number=1)))

    def test_every_described_method_is_served(self):
        count = 0
        for service in SERVICES:
            file = self.file(file_containing_symbol=service)
            (described,) = (one for one in file.service if f"{file.package}.{one.name}" == service)
            for method in described.method:
                if service == "plugin.GRPCBroker":
                    continue  # a host holds it open
                with self.assertRaises(grpc.RpcError) as caught:
                    list(self.channel.stream_stream(f"/{service}/{method.name}")(
                        iter([b"\xff"]), timeout=host.TIMEOUT_S))
                self.assertEqual(caught.exception.code(), grpc.StatusCode.INVALID_ARGUMENT, method)
                count += 1
        self.assertGreater(count, 20)

    # ---- a client without .proto files ----------------------------------------------------------

    def test_call_by_reflection_alone(self):
        pool = descriptor_pool.DescriptorPool()
        pool.Add(self.file(file_containing_symbol="ensure.v1.Ensure"))
        method = pool.FindServiceByName("ensure.v1.Ensure").FindMethodByName("GetCapabilities")
        factory = message_factory.MessageFactory(pool)
        request, reply = (factory.GetPrototype(one)
                          for one in (method.input_type, method.output_type))
        call = self.channel.unary_unary("/ensure.v1.Ensure/GetCapabilities",
                                        request.SerializeToString, reply.FromString)
        capabilities = call(request(), timeout=host.TIMEOUT_S)
        self.assertEqual(capabilities.version, VERSION)
        self.assertEqual(sorted(one.name for one in capabilities.providers),
                         ["alibaba", "baidu", "volcengine"])

    # ---- streams and limits ---------------------------------------------------------------------

    def test_many_questions_in_one_stream(self):
        names = [SERVICES[n % len(SERVICES)] for n in range(1000)]
        questions = (Question(file_containing_symbol=name) for name in names)
        answers = list(self.stream(questions, "v1alpha"))
        self.assertEqual([one.original_request.file_containing_symbol for one in answers], names)

    def test_longest_question(self):
        question = Question(file_containing_symbol="x" * (QUESTION_MAX - 3))
        self.assertEqual(question.ByteSize(), QUESTION_MAX)
        (answer,) = self.stream(iter([question]))
        self.assertEqual(answer.error_response.error_code, 5)
        question.file_containing_symbol += "x"
        self.assertEqual(self.fails(grpc.StatusCode.RESOURCE_EXHAUSTED, [question]),
                         "a question to server reflection has at most 4096 bytes")

    def test_answers_that_are_not_read(self):
        """They are queued up to a limit, then the stream ends; the plugin serves on."""
        asked = threading.Event()

        def questions():
            try:
                for _ in range(10000):
                    yield Question(file_by_filename="tfplugin6.proto")
            finally:
                asked.set()  # also when the stream has ended before

        stream = self.stream(questions())
        self.assertTrue(asked.wait(host.TIMEOUT_S))
        size = 0
        with self.assertRaises(grpc.RpcError):
            for answer in stream:
                size += answer.ByteSize()
        self.assertLess(size, UNREAD_MAX)
        self.test_services()

    def test_questions_that_are_none(self):
        for question in (Question(), Question(host="here")):
            self.assertEqual(self.fails(grpc.StatusCode.INVALID_ARGUMENT, [question]),
                             "the question is not known")
        raw = self.channel.stream_stream(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
        for data, says in ((b"\x22\x01\xff", "the question is not valid UTF-8"),
                           (b"\x0a\x01\xff\x3a\x00", "the question is not valid UTF-8"),
                           (b"\x22\x05a", "well-formed grpc.reflection.v1.ServerReflectionRequest"),
                           (b"\x9a\x06\x03abc", "the question is not known")):
            with self.assertRaises(grpc.RpcError) as caught:
                list(raw(iter([Question(list_services="").SerializeToString(), data]),
                         timeout=host.TIMEOUT_S))
            self.assertEqual(caught.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
            self.assertIn(says, caught.exception.details())

    def test_an_open_stream_does_not_keep_the_plugin(self):
        ended = threading.Event()

        def questions():
            yield Question(list_services="")
            ended.wait(host.TIMEOUT_S)

        stream = self.stream(questions())
        next(stream)
        try:
            self.assertEqual(self.plugin.shut_down(), 0)
        finally:
            ended.set()


if __name__ == "__main__":
    unittest.main()
