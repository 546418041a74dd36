# SPDX-License-Identifier: Apache-2.0
"""The environment variables of the programs that tests start. Every such environment begins here, so
that no program asks the metadata service of the machine that the tests run on: SAFE is always in it,
or loopback addresses in its place. tests/lint/metadata.py checks that."""

import os
import re

SAFE = {"ENSURE_METADATA": "off"}
CLOUDS = ("VOLCENGINE", "ALIBABA", "BAIDU")
KEPT = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS",
        "UBSAN_OPTIONS")
# The first letters of the variables that are settings of the project and of the vendors' tools.
SETTINGS = ("ENSURE_", "VOLC", "ALI", "BCE_", "BAIDU", "TF_", "PLUGIN_", "ACTIONS_ID_TOKEN",
            "OTEL_", "TRACEPARENT")


def bare(**more):
    """What every program needs, and these."""
    return {**{name: os.environ[name] for name in KEPT if name in os.environ}, **SAFE, **more}


def unset(*prefixes, **more):
    """The environment of the caller without settings and without the variables that begin with one
    of the prefixes, and these."""
    return {**{name: value for name, value in os.environ.items()
               if not name.startswith((*SETTINGS, *prefixes))}, **SAFE, **more}


def chosen(*prefixes):
    """The variables of the caller that begin with one of the prefixes."""
    return {**SAFE, **{name: value for name, value in os.environ.items()
                       if name.startswith(prefixes)}}


def enter(*names):
    """Makes bare() and the variables of these names the environment of this process."""
    environment = bare(**{name: os.environ[name] for name in names if name in os.environ})
    os.environ.clear()
    os.environ.update(environment)


def with_metadata(environment, urls):
    """The environment with metadata services on loopback: those of the JSON line of an emulator, or
    {"alibaba_metadata": URL, ...}. A cloud that is not named gets an address that refuses
    connections. An empty ENSURE_METADATA counts as one that is not set."""
    result = {**environment, "ENSURE_METADATA": ""}
    for cloud in CLOUDS:
        url = urls.get(f"{cloud.lower()}_metadata", "http://127.0.0.1:1")
        if not re.fullmatch(r"http://127\.0\.0\.1:\d+", url):
            raise ValueError(f"{url} is not an address of loopback")
        result[f"ENSURE_{cloud}_METADATA"] = url
    return result
