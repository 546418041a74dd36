# SPDX-License-Identifier: Apache-2.0
"""The layers of the source tree: the paths of each and the layers that it may use.

Both the lint over #include lines (lint.py layers) and the one over object files (objects.py) read
this table. A layer may use itself and the layers of its row; there is no upward dependency.
"""

# "ensure" is the public headers, plugin/include/ensure.
BASE = {"ensure", "base"}
CORE = BASE | {"core"}
OS = CORE | {"os"}
ENGINE = OS | {"http", "loader", "credentials", "engine"}
KIT = {"ensure", "kit"}

# name: (paths begin with one of these, what it may use)
LAYERS = {
    "ensure": (("plugin/include/ensure/",), set()),
    "base": (("plugin/base/",), BASE),
    "core": (("plugin/core/",), CORE),
    "os": (("plugin/os/",), OS),
    # One concern of input and output each; they do not use each other.
    "http": (("plugin/http/",), OS),
    "loader": (("plugin/loader/",), OS),
    "credentials": (("plugin/credentials/",), OS),
    "engine": (("plugin/engine/",), ENGINE),
    "libensure": (("plugin/ensure.c", "plugin/ensure_call.", "plugin/ensure_config.",
                   "plugin/ensure_find.", "plugin/ensure_fleet.", "plugin/ensure_private."),
                  ENGINE),
    "rpc": (("plugin/rpc/",), BASE),
    "ensure_v1": (("plugin/ensure_v1/",), ENGINE | {"rpc"}),
    "terraform": (("plugin/terraform/",), ENGINE | {"rpc"}),
    "ansible": (("plugin/ansible/",), ENGINE | {"linked"}),
    "linked": (("plugin/linked/",), {"ensure"}),
    "cli": (("plugin/cli/",), OS | {"rpc", "ensure_v1", "linked"}),
    # The program, which serves several front ends.
    "program": (("plugin/main.c", "plugin/role_plugin."),
                ENGINE | {"rpc", "ensure_v1", "terraform", "ansible", "cli", "linked"}),
    "kit": (("providers/kit/",), KIT),
    "volcengine": (("providers/volcengine/",), KIT),
    "alibaba": (("providers/alibaba/",), KIT),
    "baidu": (("providers/baidu/",), KIT),
    # The emulator shares no signing and no parsing code with what it tests.
    "emulator": (("tests/emulator/",), {"base"}),
}


def layer_of(path):
    """The layer that a source file belongs to, or None."""
    return next((name for name, (places, _) in LAYERS.items() if path.startswith(places)), None)


def may_use(layer, other):
    return other == layer or other in LAYERS[layer][1]
