# SPDX-License-Identifier: Apache-2.0
"""Archives whose bytes depend on names, contents and one time alone: not on owners, umask, order of
directories or the time zone."""
import base64
import copy
import gzip
import hashlib
import io
import os
import tarfile
import time
import zipfile


class File:
    """Something to be packed: bytes, and whether it is a program."""

    link = ""  # the name of another file of a .tar.gz, in the same directory, that has these bytes

    def __init__(self, data, program=False):
        self.data = data.encode() if isinstance(data, str) else data
        self.mode = 0o755 if program else 0o644

    def linked(self, name):
        """The same as a symbolic link to that name."""
        made = copy.copy(self)
        made.link = name
        return made

    @staticmethod
    def read(path, program=False):
        with open(path, "rb") as file:
            return File(file.read(), program)


def write(path, data):
    """A file that all users may read, whatever the umask is."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
    os.chmod(path, 0o644)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def make_zip(path, files, epoch):
    """files is {name: File}."""
    when = time.gmtime(max(epoch, 315532800))[:6]  # a zip knows no earlier day
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, when)
            info.create_system = 3  # Unix: the mode counts
            info.external_attr = (0o100000 | files[name].mode) << 16
            archive.writestr(info, files[name].data, zipfile.ZIP_DEFLATED, 9)
    write(path, made.getvalue())


def make_tar(path, files, epoch):
    """A .tar.gz; directories are those of the files."""
    names = set(files)
    for name in files:
        while "/" in name:
            name = name.rpartition("/")[0]
            names.add(name)
    made = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=made, mtime=epoch) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for name in sorted(names):
                info = tarfile.TarInfo(name)
                info.mtime = epoch
                if name in files and files[name].link:
                    info.type, info.mode, info.linkname = tarfile.SYMTYPE, 0o777, files[name].link
                    archive.addfile(info)
                elif name in files:
                    info.size, info.mode = len(files[name].data), files[name].mode
                    archive.addfile(info, io.BytesIO(files[name].data))
                else:
                    info.type, info.mode = tarfile.DIRTYPE, 0o755
                    archive.addfile(info)
    write(path, made.getvalue())


def terraform_hash(path):
    """The "h1" hash of a zip, as Terraform's lock file has it."""
    total = hashlib.sha256()
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            total.update(f"{hashlib.sha256(archive.read(name)).hexdigest()}  {name}\n".encode())
    return "h1:" + base64.b64encode(total.digest()).decode()
