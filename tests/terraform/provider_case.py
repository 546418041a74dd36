# SPDX-License-Identifier: Apache-2.0
"""Base class of the tests of a provider process without Terraform."""

import json

from case import BIN, Case
from provider import Provider, dynamic, pb


SETTINGS = ("access_key", "secret_key", "security_token", "profile", "region", "endpoint",
            "assume_role", "assume_role_with_oidc", "metadata_role")


def cloud_settings(**members):
    """The object of a cloud in the provider block, as a host sends it."""
    return {**dict.fromkeys(SETTINGS), **members}


class ProviderCase(Case):
    def setUp(self):
        super().setUp()
        self.provider = None

    def start(self, *instances, config=None, accounts=None, options=(), configure=True):
        """Starts an emulator and a provider, and configures it as by a provider block."""
        self.start_world(*instances, accounts=accounts, options=options)
        return self.start_provider(config, configure)

    def start_provider(self, config=None, configure=True):
        self.provider = Provider(str(BIN / "terraform-provider-ensure"), self.environment)
        self.addCleanup(self.end)
        if configure:
            self.assertEqual(self.configure_provider(config), [])
        return self.provider.stub

    def configure_provider(self, config=None, **capabilities):
        """Configures the provider again; returns the diagnostics. config: members of the block."""
        block = {"preflight": None, "policy": None, "volcengine": None, "alibaba": None, "baidu": None,
                 **(config or {})}
        return list(self.provider.stub.ConfigureProvider(pb.ConfigureProvider.Request(
            terraform_version="1.14.0", config=dynamic(block),
            client_capabilities=pb.ClientCapabilities(**capabilities))).diagnostics)

    def end(self):
        """Shuts the provider down; asserts that stdout has only the handshake, stderr only JSON
        lines."""
        if self.provider is None:
            return
        self.assertEqual(self.provider.shut_down(), 0, self.provider.stderr)
        self.assertEqual(self.provider.process.stdout.read(), b"")
        for line in self.provider.stderr.splitlines():
            record = json.loads(line)
            self.assertIn(record["@level"], ("trace", "debug", "info", "warn", "error"))
            self.assertIsInstance(record["@message"], str)
            self.assertRegex(record["@timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.provider.__exit__()
        self.provider = None
