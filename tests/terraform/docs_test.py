# SPDX-License-Identifier: Apache-2.0
"""The documentation pages keep the rules of Terraform's registry. They are those of `tfplugindocs
validate` (terraform-plugin-docs 0.25), and stricter where we write more than the registry asks for.
The schema is that of the provider itself."""

import pathlib
import re
import shutil
import tempfile
import unittest

import yaml

from case import ROOT
from provider import pb
from provider_case import ProviderCase

DOCS = ROOT / "plugin" / "terraform" / "docs"
SIZE_MAX = 500000  # bytes of a page; one of this size is too large
FILES_MAX = 2000
# The directories of pages, each with the member of GetProviderSchema that it describes.
KINDS = {
    "actions": "action_schemas",
    "data-sources": "data_source_schemas",
    "ephemeral-resources": "ephemeral_resource_schemas",
    "functions": "functions",
    "list-resources": "list_resource_schemas",
    "resources": "resource_schemas",
    "state-stores": "state_store_schemas",
}
GUIDES = "guides"
SOURCES = ("generate.c", "notes")  # what the pages are made from, which the registry passes over
FRONT = re.compile(r"---\n(.*?)\n---\n", re.S)
NEEDED = ("page_title", "description")
ALLOWED = (*NEEDED, "subcategory")


def front_matter(path):
    """The front matter of a page as a mapping, and what is wrong with it."""
    match = FRONT.match(path.read_text(encoding="utf-8"))
    if match is None:
        return {}, ["has no front matter"]
    try:
        found = yaml.safe_load(match[1])
    except yaml.YAMLError as error:
        return {}, [f"has a front matter that is no YAML: {error}"]
    if not isinstance(found, dict):
        return {}, ["has a front matter without members"]
    wrong = [f"must not have {name}" for name in found if name not in ALLOWED]
    wrong += [f"lacks {name}" for name in NEEDED
              if not isinstance(found.get(name), str) or not found[name].strip()]
    return found, wrong


def check_page(path, index):
    if path.suffixes != [".md"]:
        return ["is not named NAME.md"]
    if path.stat().st_size >= SIZE_MAX:
        return [f"has {SIZE_MAX} bytes or more"]
    found, wrong = front_matter(path)
    if index and "subcategory" in found:
        wrong.append("must not have subcategory")
    return wrong


def check_names(directory, names):
    """The pages of a directory are those of the names, which begin with "ensure_"."""
    pages = {path.name for path in directory.glob("*")} if directory.is_dir() else set()
    wanted = {name.removeprefix("ensure_") + ".md" for name in names}
    return ([f"{directory.name}/{name}: there is no such page" for name in sorted(wanted - pages)] +
            [f"{directory.name}/{name}: the provider has nothing of that name"
             for name in sorted(pages - wanted)])


def mistakes(docs, schema):
    """What the pages in docs do wrong. schema: the names of each directory of KINDS."""
    found = []
    pages = [docs / "index.md", *(path for kind in (*KINDS, GUIDES)
                                  for path in sorted((docs / kind).glob("*")))]
    if len(pages) > FILES_MAX:
        found.append(f"there are more than {FILES_MAX} pages")
    for path in sorted(docs.iterdir()):
        if path.name not in ("index.md", GUIDES, *KINDS, *SOURCES):
            found.append(f"{path.name}: is no place for pages")
    for path in pages:
        name = path.relative_to(docs)
        if not path.is_file():
            found.append(f"{name}: is no file")
        else:
            found += [f"{name}: {wrong}" for wrong in check_page(path, path.name == "index.md")]
    for kind, names in schema.items():
        found += check_names(docs / kind, names)
    return found


class Docs(ProviderCase):
    def test_pages(self):
        reply = self.start().GetProviderSchema(pb.GetProviderSchema.Request())
        # Members of newer protocols than ours are none that the provider could have.
        schema = {kind: list(getattr(reply, member, ())) for kind, member in KINDS.items()}
        self.assertEqual(schema["actions"], ["ensure_start"])
        self.assertEqual(mistakes(DOCS, schema), [])


class Rules(unittest.TestCase):
    """Each rule finds the mistake that it is there for."""

    SCHEMA = {"resources": ["ensure_a", "ensure_b"], "actions": ["ensure_go"], "functions": []}
    PAGE = '---\npage_title: "A"\ndescription: |-\n  What it is.\n---\n\n# A\n'

    def setUp(self):
        self.docs = pathlib.Path(tempfile.mkdtemp(prefix="ensure-docs-"))
        self.addCleanup(shutil.rmtree, self.docs)
        for name in ("index.md", "resources/a.md", "resources/b.md", "actions/go.md",
                     "guides/how.md", "notes/a.md", "generate.c"):
            self.write(name)

    def write(self, name, text=PAGE):
        path = self.docs / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def finds(self, *expected):
        self.assertEqual(mistakes(self.docs, self.SCHEMA), list(expected))

    def test_none(self):
        self.finds()

    def test_names(self):
        (self.docs / "resources" / "a.md").unlink()
        self.write("resources/c.md")
        self.write("functions/f.md")
        self.finds("resources/a.md: there is no such page",
                   "resources/c.md: the provider has nothing of that name",
                   "functions/f.md: the provider has nothing of that name")

    def test_a_kind_without_pages(self):
        shutil.rmtree(self.docs / "actions")
        self.finds("actions/go.md: there is no such page")

    def test_no_index(self):
        (self.docs / "index.md").unlink()
        self.finds("index.md: is no file")

    def test_places(self):
        self.write("resource/a.md")
        (self.docs / "guides" / "more").mkdir()
        self.finds("resource: is no place for pages", "guides/more: is no file")

    def test_file_names(self):
        for name in ("guides/x.markdown", "guides/x.html.md", "guides/x"):
            self.write(name)
        self.finds(*(f"{name}: is not named NAME.md"
                     for name in ("guides/x", "guides/x.html.md", "guides/x.markdown")))

    def test_size(self):
        self.write("guides/x.md", self.PAGE.ljust(SIZE_MAX - 1, "x"))
        self.finds()
        self.write("guides/x.md", self.PAGE.ljust(SIZE_MAX, "x"))
        self.finds("guides/x.md: has 500000 bytes or more")

    def test_number(self):
        for n in range(FILES_MAX - 5):
            self.write(f"guides/{n}.md")
        self.finds()
        self.write("guides/one-more.md")
        self.finds("there are more than 2000 pages")

    def test_front_matter(self):
        head = 'page_title: "A"\ndescription: x\n'
        for text, says in (("# A\n", "has no front matter"),
                           ("---\npage_title: A\n", "has no front matter"),
                           ("---\nA\n---\n", "has a front matter without members"),
                           ("---\ndescription: x\n---\n", "lacks page_title"),
                           ('---\npage_title: ""\ndescription: x\n---\n', "lacks page_title"),
                           ("---\npage_title: A\n---\n", "lacks description"),
                           (f"---\n{head}layout: x\n---\n", "must not have layout"),
                           (f"---\n{head}sidebar_current: x\n---\n",
                            "must not have sidebar_current")):
            self.write("guides/x.md", text)
            self.finds(f"guides/x.md: {says}")
        self.write("guides/x.md", "---\na: [\n---\n")
        self.assertIn("is no YAML", mistakes(self.docs, self.SCHEMA)[0])
        self.write("guides/x.md", f"---\n{head}subcategory: x\n---\n")
        self.write("index.md", f"---\n{head}subcategory: x\n---\n")
        self.finds("index.md: must not have subcategory")


if __name__ == "__main__":
    unittest.main(verbosity=2)
