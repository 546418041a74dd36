#include "cli/providers.h"

#include "cli/text.h"
#include "core/json.h"
#include "ensure/v1/ensure.pb-c.h"

#define GAP 2

enum { NAME, TITLE, VERSION, ABI, DRY_RUN, TOKEN, BATCH, ORIGIN, COLUMNS };

static const char *const titles[COLUMNS] = {
    [NAME] = "CLOUD",      [TITLE] = "NAME",  [VERSION] = "VERSION",      [ABI] = "ABI",
    [DRY_RUN] = "DRY RUN", [TOKEN] = "TOKEN", [BATCH] = "READ/DRY/START", [ORIGIN] = "FILE",
};

struct row {
    ens_str cells[COLUMNS];
};

static struct row row_of(struct ens_arena *arena, const Ensure__V1__Provider *provider)
{
    struct row row = {0};

    row.cells[NAME] = ens_text_clean(arena, ens_str_of(provider->name));
    row.cells[TITLE] = ens_text_clean(arena, ens_str_of(provider->title));
    row.cells[VERSION] = ens_text_clean(arena, ens_str_of(provider->version));
    row.cells[ABI] = ens_arena_printf(arena, "%u.%u", (unsigned)provider->abi_major,
                                      (unsigned)provider->abi_minor);
    row.cells[DRY_RUN] = ens_str_of(provider->dry_run ? "yes" : "no");
    row.cells[TOKEN] = ens_str_of(provider->client_token ? "yes" : "no");
    row.cells[BATCH] =
        ens_arena_printf(arena, "%u/%u/%u", (unsigned)provider->describe_limit,
                         (unsigned)provider->dry_run_limit, (unsigned)provider->start_limit);
    row.cells[ORIGIN] = ens_text_clean(arena, ens_str_of(provider->origin));
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
                         const Ensure__V1__GetCapabilitiesResponse *capabilities)
{
    const char *before = "\n";

    for (size_t i = 0; i < capabilities->n_providers; i++) {
        const Ensure__V1__Provider *provider = capabilities->providers[i];
        if (provider->dry_run_checks[0] != '\0') {
            ens_str name = ens_text_clean(arena, ens_str_of(provider->name));
            ens_str checks = ens_text_clean(arena, ens_str_of(provider->dry_run_checks));
            ens_buf_addf(out, "%s%.*s: %.*s\n", before, ENS_STR_ARG(name), ENS_STR_ARG(checks));
            before = "";
        }
    }
}

void ens_providers_table(struct ens_buf *out,
                         const Ensure__V1__GetCapabilitiesResponse *capabilities)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    size_t count = capabilities->n_providers + 1;
    struct row *rows = ens_arena_array(arena, count, sizeof(*rows));
    size_t widths[COLUMNS] = {0};

    for (size_t c = 0; c < COLUMNS; c++) {
        rows[0].cells[c] = ens_str_of(titles[c]);
    }
    for (size_t i = 1; i < count; i++) {
        rows[i] = row_of(arena, capabilities->providers[i - 1]);
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

static void write_provider(struct ens_json *json, const Ensure__V1__Provider *provider)
{
    ens_json_begin(json, '{');
    ens_json_name(json, "name");
    ens_json_text(json, ens_str_of(provider->name));
    ens_json_name(json, "title");
    ens_json_text(json, ens_str_of(provider->title));
    ens_json_name(json, "version");
    ens_json_text(json, ens_str_of(provider->version));
    ens_json_name(json, "abi_major");
    ens_json_int(json, provider->abi_major);
    ens_json_name(json, "abi_minor");
    ens_json_int(json, provider->abi_minor);
    ens_json_name(json, "origin");
    ens_json_text(json, ens_str_of(provider->origin));
    ens_json_name(json, "dry_run");
    ens_json_bool(json, provider->dry_run != 0);
    ens_json_name(json, "client_token");
    ens_json_bool(json, provider->client_token != 0);
    ens_json_name(json, "dry_run_checks");
    ens_json_text(json, ens_str_of(provider->dry_run_checks));
    ens_json_name(json, "describe_limit");
    ens_json_int(json, provider->describe_limit);
    ens_json_name(json, "dry_run_limit");
    ens_json_int(json, provider->dry_run_limit);
    ens_json_name(json, "start_limit");
    ens_json_int(json, provider->start_limit);
    ens_json_end(json, '}');
}

void ens_providers_json(struct ens_buf *out,
                        const Ensure__V1__GetCapabilitiesResponse *capabilities)
{
    struct ens_json json = ens_json_new(out, 2);

    ens_json_begin(&json, '{');
    ens_json_name(&json, "version");
    ens_json_text(&json, ens_str_of(capabilities->version));
    ens_json_name(&json, "providers");
    ens_json_begin(&json, '[');
    for (size_t i = 0; i < capabilities->n_providers; i++) {
        write_provider(&json, capabilities->providers[i]);
    }
    ens_json_end(&json, ']');
    ens_json_name(&json, "warnings");
    ens_json_begin(&json, '[');
    for (size_t i = 0; i < capabilities->n_warnings; i++) {
        ens_json_text(&json, ens_str_of(capabilities->warnings[i]));
    }
    ens_json_end(&json, ']');
    ens_json_end(&json, '}');
    ens_buf_add_char(out, '\n');
}
