# SPDX-License-Identifier: Apache-2.0
"""The Ansible collection as ansible-galaxy packs it, without ansible-galaxy, which puts the time of
the files into the archive."""
import hashlib
import json
import os
import re

import archives

IGNORED = ("galaxy.yml", "MANIFEST.json", "FILES.json")


def read_tree(directory):
    """The collection as it was put together for tests, without its programs."""
    files = {}
    for path, directories, names in os.walk(directory):
        directories[:] = [name for name in directories if name != "__pycache__"]
        for name in names:
            full = os.path.join(path, name)
            relative = os.path.relpath(full, directory)
            if relative not in IGNORED and not relative.startswith("files/"):
                files[relative] = archives.File.read(full)
    return files


def galaxy_fields(text):
    """The fields of galaxy.yml, which holds nothing but "name: text" and lists of texts."""
    fields, last = {}, None
    for line in text.splitlines():
        item = re.match(r"\s+- (.*)", line)
        field = re.match(r"(\w+):\s*(.*)", line)
        if item:
            fields[last].append(item.group(1))
        elif field:
            last, value = field.groups()
            if value.startswith("["):
                value = [word.strip() for word in value.strip("[]").split(",")]
            fields[last] = {"": [], "{}": {}}.get(value, value) if isinstance(value, str) else value
    return fields


def row(name, file=None):
    """A link has the sum of what it leads to, as ansible-galaxy computes it."""
    digest = hashlib.sha256(file.data).hexdigest() if file else None
    return {"name": name, "ftype": "file" if file else "dir",
            "chksum_type": "sha256" if file else None, "chksum_sha256": digest, "format": 1}


def manifests(fields, files):
    names = set()
    for name in files:
        while "/" in name:
            name = name.rpartition("/")[0]
            names.add(name)
    rows = [row(".")] + [row(name, files.get(name)) for name in sorted(names | set(files))]
    listed = archives.File(json.dumps({"files": rows, "format": 1}, indent=1) + "\n")
    keys = ("namespace", "name", "version", "authors", "readme", "tags", "description", "license",
            "license_file", "dependencies", "repository", "documentation", "homepage", "issues")
    info = {key: fields.get(key) for key in keys}
    info["license"] = info["license"] or []
    manifest = {"collection_info": info, "file_manifest_file": row("FILES.json", listed),
                "format": 1}
    return {"MANIFEST.json": archives.File(json.dumps(manifest, indent=1) + "\n"),
            "FILES.json": listed}


def make(path, directory, programs, copyright_text, epoch):
    """programs is {"linux_x86_64": {name: File}, ...}."""
    files = read_tree(directory)
    files["COPYRIGHT"] = archives.File(copyright_text)
    for machine, of_machine in programs.items():
        for name, file in of_machine.items():
            files[f"files/{machine}/{name}"] = file
    with open(os.path.join(directory, "galaxy.yml"), encoding="utf-8") as file:
        fields = galaxy_fields(file.read())
    archives.make_tar(path, {**files, **manifests(fields, files)}, epoch)
