# SPDX-License-Identifier: Apache-2.0
"""What the tests of a release share: where it is, the clouds over TLS, a key to sign with."""
import hashlib
import os
import subprocess
import sys

BUILD, SOURCE, EMULATOR = map(os.path.abspath, sys.argv[1:4])
VERSION = sys.argv[4]
sys.path[:0] = [os.path.join(SOURCE, "tests", name) for name in ("support", "emulator", "install")]

RELEASE = os.path.join(BUILD, "release")
GNUPG = os.path.join(BUILD, "release-gnupg")
KEY = "release-test@terraform.local"
ARCHITECTURES = ("amd64", "arm64")
STEM = f"terraform-provider-ensure_{VERSION}"
UP = "alibaba/cn-hangzhou/i-off"
CONFIGURATION = f"""
terraform {{
  required_providers {{
    ensure = {{
      source  = "terraform.local/ensure/ensure"
      version = "{VERSION}"
    }}
  }}
}}
resource "ensure_instance_running" "one" {{
  cloud       = "alibaba"
  region      = "cn-hangzhou"
  instance_id = "i-off"
}}
"""


def zip_of(arch):
    return os.path.join(RELEASE, f"{STEM}_linux_{arch}.zip")


def tar_of(arch):
    return os.path.join(RELEASE, f"ensure_{VERSION}_linux_{arch}.tar.gz")


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def make_key():
    """A key of the tests' own, outside the user's key ring."""
    if not os.path.exists(GNUPG):
        os.makedirs(GNUPG, mode=0o700)
        subprocess.run(["gpg", "--homedir", GNUPG, "--batch", "--passphrase", "", "--quick-gen-key",
                        KEY, "rsa3072", "sign", "never"], check=True, capture_output=True)


def make_certificate(directory, *names):
    """(certificate, key) of a server; the certificate is its own authority."""
    certificate, key = (os.path.join(directory, name) for name in ("cert.pem", "key.pem"))
    subject = ",".join(f"DNS:{name}" for name in names)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", f"/CN={names[0]}", "-addext",
                    f"subjectAltName={subject},IP:127.0.0.1"], check=True, capture_output=True)
    return certificate, key
