/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generates the documentation pages in the format of Terraform's registry: the schema from the
 * tables, additional text from NOTES (one Markdown file per page), and examples from EXAMPLES
 * (their places are those of tfplugindocs; each is optional):
 *
 *   provider/provider.tf, resources/NAME/resource.tf, data-sources/NAME/data-source.tf, ...
 *   resources/NAME/import.sh, import-by-identity.tf, move.tf
 *
 * Pages about more than one block are guides, written by hand in docs/guides. The rules that all
 * pages have to keep are in tests/terraform/docs_test.py.
 *
 * usage: generate EXAMPLES NOTES OUT
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "os/os.h"
#include "terraform/schema.h"

#define LICENCE  "# SPDX-License-Identifier: "
#define PAGE_MAX ((size_t)256 * 1024)

/* The registry's directory for the pages of a kind, how the names of its notes begin, and the file
 * name of its examples. */
static const struct {
    const char *directory;
    const char *notes;
    const char *example;
    const char *title;
} kinds[] = {
    [ENS_TF_PROVIDER] = {"", "", "provider.tf", "Provider"},
    [ENS_TF_RESOURCE] = {"resources/", "", "resource.tf", "Resource"},
    [ENS_TF_DATA_SOURCE] = {"data-sources/", "", "data-source.tf", "Data Source"},
    [ENS_TF_LIST] = {"list-resources/", "list_", "list-resource.tfquery.hcl", "List Resource"},
    [ENS_TF_ACTION] = {"actions/", "", "action.tf", "Action"},
};

/* Examples after the schema. */
static const struct {
    const char *file;
    const char *title;
    const char *language;
} uses[] = {
    {"import.sh", "Import", "shell"},
    {"import-by-identity.tf", "Import by identity", "terraform"},
    {"move.tf", "Move", "terraform"},
};

static const char *const type_words[] = {
    [ENS_TF_STRING] = "String",
    [ENS_TF_NUMBER] = "Number",
    [ENS_TF_BOOL] = "Boolean",
    [ENS_TF_STRING_SET] = "Set of String",
    [ENS_TF_STRING_MAP] = "Map of String",
    [ENS_TF_OBJECT] = "Attributes",
    [ENS_TF_OBJECT_LIST] = "Attributes List",
    [ENS_TF_BLOCK] = "Block",
};

/* The groups of a schema section: attributes whose flags, masked, equal flags. */
static const struct {
    const char *title;
    unsigned mask;
    unsigned flags;
} sections[] = {
    {"Required", ENS_TF_REQUIRED, ENS_TF_REQUIRED},
    {"Optional", ENS_TF_OPTIONAL, ENS_TF_OPTIONAL},
    {"Read-Only", ENS_TF_OPTIONAL | ENS_TF_COMPUTED, ENS_TF_COMPUTED},
};

static const char *anchor_kind(const struct ens_tf_attribute *row)
{
    return row->type == ENS_TF_BLOCK ? "nestedblock" : "nestedatt";
}

/* prefix: the anchors of the enclosing objects, each with "--" after it. */
static void add_row(struct ens_buf *out, const struct ens_tf_attribute *row, const char *prefix)
{
    ens_buf_addf(out, "- `%s` (%s%s) %s", row->name, type_words[row->type],
                 (row->flags & ENS_TF_SENSITIVE) != 0 ? ", Sensitive" : "", row->description);
    if ((row->flags & ENS_TF_REPLACES) != 0) {
        ens_buf_addf(out, " A change replaces the resource.");
    }
    if (row->nested != NULL) {
        ens_buf_addf(out, " (see [below for nested schema](#%s--%s%s))", anchor_kind(row), prefix,
                     row->name);
    }
    ens_buf_addf(out, "\n");
}

/* before, after: the markup around the title of each group. */
static void add_sections(struct ens_buf *out, const struct ens_tf_attribute *rows,
                         const char *prefix, const char *before, const char *after)
{
    for (size_t i = 0; i < ENS_COUNT(sections); i++) {
        bool begun = false;
        for (const struct ens_tf_attribute *row = rows; row->name != NULL; row++) {
            if ((row->flags & sections[i].mask) != sections[i].flags) {
                continue;
            }
            if (!begun) {
                ens_buf_addf(out, "\n%s%s%s\n\n", before, sections[i].title, after);
                begun = true;
            }
            add_row(out, row, prefix);
        }
    }
}

/* The schemas of objects and blocks, each followed by those inside it. path: the names of the
 * enclosing ones, each with a point after it. */
static void add_nested(struct ens_buf *out, const struct ens_tf_attribute *rows, const char *prefix,
                       const char *path)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    for (; rows->name != NULL; rows++) {
        if (rows->nested == NULL) {
            continue;
        }
        const char *inside = ens_arena_printf(arena, "%s%s--", prefix, rows->name).ptr;
        ens_buf_addf(out, "\n<a id=\"%s--%s%s\"></a>\n### Nested Schema for `%s%s`\n",
                     anchor_kind(rows), prefix, rows->name, path, rows->name);
        add_sections(out, rows->nested, inside, "", ":");
        add_nested(out, rows->nested, inside,
                   ens_arena_printf(arena, "%s%s.", path, rows->name).ptr);
    }
}

static void add_schema(struct ens_buf *out, const struct ens_tf_attribute *rows)
{
    ens_buf_addf(out, "\n## Schema\n");
    add_sections(out, rows, "", "### ", "");
    add_nested(out, rows, "", "");
}

static void add_identity(struct ens_buf *out, const struct ens_tf_attribute *rows)
{
    ens_buf_addf(out, "\n## Identity Schema\n");
    add_sections(out, rows, "", "### ", "");
}

/* The text without an SPDX line at its start, which the pages omit. */
static const char *skip_licence(const char *text)
{
    const char *end = strchr(text, '\n');

    return end != NULL && strncmp(text, LICENCE, strlen(LICENCE)) == 0 ? end + 1 : text;
}

/* Adds the content of a file, in a fenced code block if a language is given. A missing file is
 * skipped; false: the file can't be read. */
static bool add_file(struct ens_buf *out, const char *path, const char *title, const char *language)
{
    ENS_AUTO_BUF text = ens_buf_new(PAGE_MAX);
    ens_rc rc = ens_os_read_file(path, &text, NULL);

    if (rc == ENS_NOT_FOUND) {
        return true;
    }
    if (rc == ENS_OK && title != NULL) {
        ens_buf_addf(out, "\n## %s\n", title);
    }
    if (rc == ENS_OK && language != NULL) {
        ens_buf_addf(out, "\n```%s\n%s```\n", language, skip_licence(ens_buf_text(&text)));
    } else if (rc == ENS_OK) {
        ens_buf_addf(out, "\n%s", ens_buf_text(&text));
    }
    return rc == ENS_OK;
}

static void add_head(struct ens_buf *out, const struct ens_tf_schema *schema)
{
    const char *title = kinds[schema->kind].title;

    ens_buf_addf(out, "---\npage_title: \"%s %s\"\ndescription: |-\n  %s\n---\n\n# %s (%s)\n\n%s\n",
                 schema->name, title, schema->description, schema->name, title,
                 schema->description);
}

static bool write_page(const struct ens_tf_schema *schema, char **directories)
{
    const bool provider = schema->kind == ENS_TF_PROVIDER;
    const char *directory = kinds[schema->kind].directory;
    const char *page = provider ? "index" : strchr(schema->name, '_') + 1;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF out = ens_buf_new(PAGE_MAX);
    ENS_AUTO_DIAGS diags = {0};
    const char *examples = ens_arena_printf(arena, "%s/%s%s", directories[0], directory,
                                            provider ? "provider" : schema->name)
                               .ptr;
    const char *example =
        ens_arena_printf(arena, "%s/%s", examples, kinds[schema->kind].example).ptr;
    const char *notes =
        ens_arena_printf(arena, "%s/%s%s.md", directories[1], kinds[schema->kind].notes, page).ptr;
    const char *path = ens_arena_printf(arena, "%s/%s%s.md", directories[2], directory, page).ptr;

    add_head(&out, schema);
    bool good = add_file(&out, example, "Example Usage", "terraform");
    good = add_file(&out, notes, NULL, NULL) && good;
    add_schema(&out, schema->attributes);
    if (schema->identity != NULL) {
        add_identity(&out, schema->identity);
    }
    for (size_t i = 0; i < ENS_COUNT(uses); i++) {
        const char *use = ens_arena_printf(arena, "%s/%s", examples, uses[i].file).ptr;
        good = add_file(&out, use, uses[i].title, uses[i].language) && good;
    }
    if (good && !ens_buf_failed(&out) &&
        ens_os_write_file(path, ens_buf_str(&out), 0644, &diags) == ENS_OK) {
        return true;
    }
    (void)fprintf(stderr, "generate: %s: %s\n", path,
                  diags.count > 0 ? diags.items[0].summary : "an example or note can't be read");
    return false;
}

int main(int argc, char **argv)
{
    bool good = true;

    if (argc != 4) {
        (void)fprintf(stderr, "usage: generate EXAMPLES NOTES OUT\n");
        return 1;
    }
    for (size_t i = 0; i < ENS_COUNT(kinds); i++) {
        ENS_AUTO_ARENA *arena = ens_arena_new();
        (void)mkdir(ens_arena_printf(arena, "%s/%s", argv[3], kinds[i].directory).ptr, 0755);
    }
    for (size_t i = 0; i < ENS_TF_SCHEMA_COUNT; i++) {
        good = write_page(&ens_tf_schemas[i], argv + 1) && good;
    }
    return good ? 0 : 1;
}
