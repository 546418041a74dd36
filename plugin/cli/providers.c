/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/providers.h"

#include "cli/text.h"

#define GAP 2

enum { NAME, TITLE, VERSION, ABI, DRY_RUN, TOKEN, BATCH, ORIGIN, COLUMNS };

static const char *const titles[COLUMNS] = {
    [NAME] = "CLOUD",      [TITLE] = "NAME",  [VERSION] = "VERSION",      [ABI] = "ABI",
    [DRY_RUN] = "DRY RUN", [TOKEN] = "TOKEN", [BATCH] = "READ/DRY/START", [ORIGIN] = "FILE",
};

struct row {
    ens_str cells[COLUMNS];
};

static struct row row_of(struct ens_arena *arena, const struct ens_provider_row *provider)
{
    struct row row = {0};

    row.cells[NAME] = ens_text_clean(arena, provider->name);
    row.cells[TITLE] = ens_text_clean(arena, provider->title);
    row.cells[VERSION] = ens_text_clean(arena, provider->version);
    row.cells[ABI] = ens_arena_printf(arena, "%u.%u", (unsigned)provider->abi_major,
                                      (unsigned)provider->abi_minor);
    row.cells[DRY_RUN] = ens_str_of(provider->dry_run ? "yes" : "no");
    row.cells[TOKEN] = ens_str_of(provider->client_token ? "yes" : "no");
    row.cells[BATCH] =
        ens_arena_printf(arena, "%u/%u/%u", (unsigned)provider->describe_limit,
                         (unsigned)provider->dry_run_limit, (unsigned)provider->start_limit);
    row.cells[ORIGIN] = ens_text_clean(arena, provider->origin);
    return row;
}

static void write_row(struct ens_buf *out, const struct row *row, const size_t *widths)
{
    for (size_t c = 0; c + 1 < COLUMNS; c++) {
        ens_text_pad(out, row->cells[c], widths[c] + GAP);
    }
    ens_buf_add(out, row->cells[COLUMNS - 1]);
    ens_buf_add_char(out, '\n');
}

/* "alibaba: The dry run checks ...", below the table. */
static void write_checks(struct ens_buf *out, struct ens_arena *arena,
                         const struct ens_capabilities *capabilities)
{
    const char *before = "\n";

    for (size_t i = 0; i < capabilities->provider_count; i++) {
        const struct ens_provider_row *provider = &capabilities->providers[i];
        if (provider->dry_run_checks.len > 0) {
            ens_str name = ens_text_clean(arena, provider->name);
            ens_str checks = ens_text_clean(arena, provider->dry_run_checks);
            ens_buf_addf(out, "%s%.*s: %.*s\n", before, ENS_STR_ARG(name), ENS_STR_ARG(checks));
            before = "";
        }
    }
}

void ens_providers_table(struct ens_buf *out, const struct ens_capabilities *capabilities)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    size_t count = capabilities->provider_count + 1;
    struct row *rows = ens_arena_array(arena, count, sizeof(*rows));
    size_t widths[COLUMNS] = {0};

    for (size_t c = 0; c < COLUMNS; c++) {
        rows[0].cells[c] = ens_str_of(titles[c]);
    }
    for (size_t i = 1; i < count; i++) {
        rows[i] = row_of(arena, &capabilities->providers[i - 1]);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < COLUMNS; c++) {
            size_t width = ens_text_width(rows[i].cells[c]);
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    for (size_t i = 0; i < count; i++) {
        write_row(out, &rows[i], widths);
    }
    write_checks(out, arena, capabilities);
}
