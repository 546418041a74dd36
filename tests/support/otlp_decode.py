#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Decodes requests of OTLP/HTTP JSON with OpenTelemetry's own messages (opentelemetry-proto), which
refuse unknown members and values of another type. Runs with the packages of checkers.py.

Reads a JSON list of requests; writes the list of their spans as the messages hold them."""

import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

IDS = ("traceId", "spanId", "parentSpanId")


def with_ids(value, convert):
    """The value with its ids converted: OTLP has them in hexadecimal, protobuf's JSON in base64."""
    if isinstance(value, list):
        return [with_ids(item, convert) for item in value]
    if isinstance(value, dict):
        return {name: convert(item) if name in IDS else with_ids(item, convert)
                for name, item in value.items()}
    return value


def decode(request):
    message = trace_service_pb2.ExportTraceServiceRequest()
    json_format.ParseDict(
        with_ids(request, lambda text: base64.b64encode(bytes.fromhex(text)).decode()), message)
    shown = json_format.MessageToDict(message, use_integers_for_enums=True)
    return with_ids(shown, lambda text: base64.b64decode(text).hex())


if __name__ == "__main__":
    json.dump([decode(request) for request in json.load(sys.stdin)], sys.stdout)
