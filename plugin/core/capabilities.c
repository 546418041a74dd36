/* SPDX-License-Identifier: Apache-2.0 */
#include "core/capabilities.h"

#include "core/json.h"

struct ens_provider_row ens_provider_row(struct ens_arena *arena,
                                         const struct ens_provider *provider, const char *origin)
{
    struct ens_provider_row row = {
        .name = ens_str_of(provider->name),
        .title = ens_str_of(provider->title),
        .version = ens_str_of(provider->version),
        .abi_major = provider->abi_major,
        .abi_minor = provider->abi_minor,
        .origin = ens_str_of(origin),
        .dry_run = (provider->capabilities & ENS_CAP_DRY_RUN) != 0,
        .client_token = (provider->capabilities & ENS_CAP_CLIENT_TOKEN) != 0,
        .dry_run_checks = ens_str_of(provider->dry_run_checks),
        .describe_limit = provider->describe_limit,
        .dry_run_limit = provider->dry_run_limit,
        .start_limit = provider->start_limit,
    };

    row.codes = ens_codes_of(arena, provider, &row.code_count);
    ens_code_advice_of(provider, row.advice);
    return row;
}

static void write_text(struct ens_json *json, const char *name, ens_str text)
{
    ens_json_name(json, name);
    ens_json_text(json, text);
}

static void write_number(struct ens_json *json, const char *name, uint32_t number)
{
    ens_json_name(json, name);
    ens_json_int(json, number);
}

static void write_bool(struct ens_json *json, const char *name, bool value)
{
    ens_json_name(json, name);
    ens_json_bool(json, value);
}

static void write_provider(struct ens_json *json, const struct ens_provider_row *provider)
{
    ens_json_begin(json, '{');
    write_text(json, "name", provider->name);
    write_text(json, "title", provider->title);
    write_text(json, "version", provider->version);
    write_number(json, "abi_major", provider->abi_major);
    write_number(json, "abi_minor", provider->abi_minor);
    write_text(json, "origin", provider->origin);
    write_bool(json, "dry_run", provider->dry_run);
    write_bool(json, "client_token", provider->client_token);
    write_text(json, "dry_run_checks", provider->dry_run_checks);
    write_number(json, "describe_limit", provider->describe_limit);
    write_number(json, "dry_run_limit", provider->dry_run_limit);
    write_number(json, "start_limit", provider->start_limit);
    ens_json_end(json, '}');
}

void ens_capabilities_write(struct ens_buf *out, const struct ens_capabilities *capabilities)
{
    struct ens_json json = ens_json_new(out, 2);

    ens_json_begin(&json, '{');
    write_text(&json, "version", capabilities->version);
    ens_json_name(&json, "providers");
    ens_json_begin(&json, '[');
    for (size_t i = 0; i < capabilities->provider_count; i++) {
        write_provider(&json, &capabilities->providers[i]);
    }
    ens_json_end(&json, ']');
    ens_json_name(&json, "warnings");
    ens_json_begin(&json, '[');
    for (size_t i = 0; i < capabilities->warning_count; i++) {
        ens_json_text(&json, capabilities->warnings[i]);
    }
    ens_json_end(&json, ']');
    ens_json_end(&json, '}');
    ens_buf_add_char(out, '\n');
}
