# SPDX-License-Identifier: Apache-2.0
"""What is written about the files of a release: checksums, their signature, the list of what is
linked in, and the file trees of a provider registry and of a network mirror, which any web server
can serve as they are."""
import hashlib
import json
import os
import re
import time

from archives import sha256, terraform_hash, write
from command import need, run

PROVIDER = "ensure/ensure"
PROTOCOLS = ["6.0"]
MIRROR_HOST = "terraform.local"

HEADING = """\
This program is Ensure, Copyright 2026 The Ensure developers, under the Apache License 2.0 (see the
file LICENSE). It is linked with the libraries below, whose licences follow, each as Debian records
it, and then the texts that they refer to.

The GNU C library is used under the GNU Lesser General Public License 2.1. The sources of Ensure and
the target "package_release" of its build link the program again with another version of it.
"""


def to_json(value):
    return json.dumps(value, indent=2) + "\n"


def copyright_text(root):
    """root is a Sysroot."""
    parts = [HEADING]
    for name, row in root.libraries.items():
        text = root.copyright_of(row["package"])
        parts.append(f"{'=' * 98}\n{name} {row['version']}\n{'=' * 98}\n\n{text}")
    named = set(re.findall(r"/usr/share/common-licenses/([A-Z][A-Za-z0-9.-]*[A-Za-z0-9])",
                           "\n".join(parts)))
    for name in sorted(named):
        parts.append(f"{'=' * 98}\n{name}\n{'=' * 98}\n\n{root.common_licence(name)}")
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


# ---- the list of what is linked in ----------------------------------------------------------------

def spdx(version, roots, files, epoch):
    """An SPDX 2.3 document. files is {name: sha256} of the archives."""
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))
    contents = hashlib.sha256(json.dumps(sorted(files.items())).encode()).hexdigest()
    packages = [{
        "SPDXID": "SPDXRef-ensure", "name": "ensure", "versionInfo": version,
        "supplier": "Organization: The Ensure developers", "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False, "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0",
        "copyrightText": "Copyright 2026 The Ensure developers"}]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-ensure")]
    for name, digest in sorted(files.items()):
        identity = "SPDXRef-file-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)
        packages.append({
            "SPDXID": identity, "name": name, "versionInfo": version,
            "packageFileName": name, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
            "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
            "copyrightText": "NOASSERTION"})
        relations += [("SPDXRef-DOCUMENT", "DESCRIBES", identity),
                      (identity, "GENERATED_FROM", "SPDXRef-ensure")]
    for root in roots:
        for name, row in root.libraries.items():
            identity = f"SPDXRef-{root.arch}-{name}"
            packages.append({
                "SPDXID": identity, "name": name, "versionInfo": row["version"],
                "supplier": "Organization: Debian", "downloadLocation": "NOASSERTION",
                "filesAnalyzed": False, "licenseConcluded": "NOASSERTION",
                "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
                "comment": f"linked into the programs for linux_{root.arch}",
                "externalRefs": [{
                    "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                    "referenceLocator": f"pkg:deb/debian/{name}@{quoted(row['version'])}"
                                        f"?arch=source&distro=bookworm"}]})
            relations.append(("SPDXRef-ensure", "STATIC_LINK", identity))
    return to_json({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"ensure-{version}",
        "documentNamespace": f"https://terraform.local/ensure/spdx/{version}/{contents}",
        "creationInfo": {"created": created, "creators": ["Tool: ensure-package_release"]},
        "packages": packages,
        "relationships": [{"spdxElementId": one, "relationshipType": kind,
                           "relatedSpdxElement": other} for one, kind, other in relations]})


def quoted(version):
    return version.replace("+", "%2B").replace(":", "%3A").replace("~", "~")


# ---- checksums and signature ----------------------------------------------------------------------

def check_key(key):
    """Before anything is built."""
    need(("gpg", "gpg"))
    run("gpg", "--batch", "--list-secret-keys", key)


def write_sums(directory, version, names, key):
    path = f"{directory}/terraform-provider-ensure_{version}_SHA256SUMS"
    write(path, "".join(f"{sha256(f'{directory}/{name}')}  {name}\n" for name in sorted(names)))
    if key:
        run("gpg", "--batch", "--yes", "--local-user", key, "--output", path + ".sig",
            "--detach-sign", path)


def public_keys(key):
    if not key:
        return []
    armor = run("gpg", "--batch", "--armor", "--export", key)
    shown = run("gpg", "--batch", "--with-colons", "--list-keys", key)
    ident = next(line.split(":")[4] for line in shown.splitlines() if line.startswith("pub:"))
    return [{"key_id": ident, "ascii_armor": armor}]


# ---- trees for web servers ------------------------------------------------------------------------

def copy(source, target):
    with open(source, "rb") as file:
        write(target, file.read())


def write_registry(directory, version, zips, key):
    """zips is {architecture: name}. URLs are relative to the file that holds them."""
    place = f"{directory}/registry/v1/providers/{PROVIDER}"
    stem = f"terraform-provider-ensure_{version}"
    write(f"{directory}/registry/.well-known/terraform.json",
          to_json({"providers.v1": "/v1/providers/"}))
    write(f"{place}/versions", to_json({"versions": [{
        "version": version, "protocols": PROTOCOLS,
        "platforms": [{"os": "linux", "arch": arch} for arch in zips]}]}))
    for name in (*zips.values(), f"{stem}_manifest.json", f"{stem}_SHA256SUMS"):
        copy(f"{directory}/{name}", f"{place}/{version}/{name}")
    if key:
        copy(f"{directory}/{stem}_SHA256SUMS.sig", f"{place}/{version}/{stem}_SHA256SUMS.sig")
    for arch, name in zips.items():
        write(f"{place}/{version}/download/linux/{arch}", to_json({
            "protocols": PROTOCOLS, "os": "linux", "arch": arch, "filename": name,
            "download_url": f"../../{name}", "shasums_url": f"../../{stem}_SHA256SUMS",
            "shasums_signature_url": f"../../{stem}_SHA256SUMS.sig",
            "shasum": sha256(f"{directory}/{name}"),
            "signing_keys": {"gpg_public_keys": public_keys(key)}}))


def write_mirror(directory, version, zips):
    place = f"{directory}/mirror/{MIRROR_HOST}/{PROVIDER}"
    write(f"{place}/index.json", to_json({"versions": {version: {}}}))
    write(f"{place}/{version}.json", to_json({"archives": {
        f"linux_{arch}": {"url": name, "hashes": [terraform_hash(f"{directory}/{name}"),
                                                  "zh:" + sha256(f"{directory}/{name}")]}
        for arch, name in zips.items()}}))
    for name in zips.values():
        copy(f"{directory}/{name}", os.path.join(place, name))
