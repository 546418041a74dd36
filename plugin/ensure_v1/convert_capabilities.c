/* SPDX-License-Identifier: Apache-2.0 */
#include "ensure_v1/convert.h"

static void codes_to_proto(struct ens_arena *arena, const struct ens_provider_row *provider,
                           Ensure__V1__Provider *ret)
{
    ret->n_codes = provider->code_count;
    ret->codes = ens_arena_array(arena, ret->n_codes, sizeof(*ret->codes));
    for (size_t i = 0; i < ret->n_codes; i++) {
        const struct ens_code *code = &provider->codes[i];
        ret->codes[i] = ens_arena_alloc(arena, sizeof(*ret->codes[i]));
        ensure__v1__code__init(ret->codes[i]);
        ret->codes[i]->pattern = ens_proto_text(arena, code->pattern);
        ret->codes[i]->kind = ens_proto_text(arena, ens_str_of(ens_code_kind_name(code->kind)));
        ret->codes[i]->reason = ens_proto_text(arena, ens_str_of(ens_reason_name(code->reason)));
        ret->codes[i]->advice = ens_proto_text(arena, code->advice);
    }
}

static void advice_to_proto(struct ens_arena *arena, const struct ens_provider_row *provider,
                            Ensure__V1__Provider *ret)
{
    ret->advice = ens_arena_array(arena, ENS_REASON_COUNT, sizeof(*ret->advice));
    for (unsigned reason = 0; reason < ENS_REASON_COUNT; reason++) {
        if (provider->advice[reason].len == 0) {
            continue;
        }
        Ensure__V1__Advice *advice = ens_arena_alloc(arena, sizeof(*advice));
        ensure__v1__advice__init(advice);
        advice->reason =
            ens_proto_text(arena, ens_str_of(ens_reason_name((enum ens_reason)reason)));
        advice->sentence = ens_proto_text(arena, provider->advice[reason]);
        ret->advice[ret->n_advice++] = advice;
    }
}

static void provider_to_proto(struct ens_arena *arena, const struct ens_provider_row *provider,
                              Ensure__V1__Provider *ret)
{
    ensure__v1__provider__init(ret);
    ret->name = ens_proto_text(arena, provider->name);
    ret->title = ens_proto_text(arena, provider->title);
    ret->version = ens_proto_text(arena, provider->version);
    ret->abi_major = provider->abi_major;
    ret->abi_minor = provider->abi_minor;
    ret->origin = ens_proto_text(arena, provider->origin);
    ret->dry_run = provider->dry_run;
    ret->client_token = provider->client_token;
    ret->dry_run_checks = ens_proto_text(arena, provider->dry_run_checks);
    ret->describe_limit = provider->describe_limit;
    ret->dry_run_limit = provider->dry_run_limit;
    ret->start_limit = provider->start_limit;
    codes_to_proto(arena, provider, ret);
    advice_to_proto(arena, provider, ret);
}

/* Omits codes of a kind or reason that only a newer plugin knows. */
static void codes_from_proto(struct ens_arena *arena, const Ensure__V1__Provider *message,
                             struct ens_provider_row *ret)
{
    struct ens_code *codes = ens_arena_array(arena, message->n_codes, sizeof(*codes));

    ret->codes = codes;
    for (size_t i = 0; i < message->n_codes; i++) {
        struct ens_code *code = &codes[ret->code_count];
        code->pattern = ens_str_of(message->codes[i]->pattern);
        code->advice = ens_str_of(message->codes[i]->advice);
        if (ens_code_kind_parse(ens_str_of(message->codes[i]->kind), &code->kind) &&
            ens_reason_parse(ens_str_of(message->codes[i]->reason), &code->reason)) {
            ret->code_count++;
        }
    }
}

static struct ens_provider_row provider_from_proto(struct ens_arena *arena,
                                                   const Ensure__V1__Provider *message)
{
    struct ens_provider_row row = {
        .name = ens_str_of(message->name),
        .title = ens_str_of(message->title),
        .version = ens_str_of(message->version),
        .abi_major = message->abi_major,
        .abi_minor = message->abi_minor,
        .origin = ens_str_of(message->origin),
        .dry_run = message->dry_run != 0,
        .client_token = message->client_token != 0,
        .dry_run_checks = ens_str_of(message->dry_run_checks),
        .describe_limit = message->describe_limit,
        .dry_run_limit = message->dry_run_limit,
        .start_limit = message->start_limit,
    };

    codes_from_proto(arena, message, &row);
    for (size_t i = 0; i < message->n_advice; i++) {
        enum ens_reason reason = ENS_REASON_OK;
        if (ens_reason_parse(ens_str_of(message->advice[i]->reason), &reason)) {
            row.advice[reason] = ens_str_of(message->advice[i]->sentence);
        }
    }
    return row;
}

void ens_capabilities_to_proto(struct ens_arena *arena, const struct ens_capabilities *capabilities,
                               Ensure__V1__GetCapabilitiesResponse *ret)
{
    ensure__v1__get_capabilities_response__init(ret);
    ret->version = ens_proto_text(arena, capabilities->version);
    ret->n_providers = capabilities->provider_count;
    ret->providers = ens_arena_array(arena, ret->n_providers, sizeof(*ret->providers));
    for (size_t i = 0; i < ret->n_providers; i++) {
        ret->providers[i] = ens_arena_alloc(arena, sizeof(*ret->providers[i]));
        provider_to_proto(arena, &capabilities->providers[i], ret->providers[i]);
    }
    ret->n_warnings = capabilities->warning_count;
    ret->warnings = ens_arena_array(arena, ret->n_warnings, sizeof(*ret->warnings));
    for (size_t i = 0; i < ret->n_warnings; i++) {
        ret->warnings[i] = ens_proto_text(arena, capabilities->warnings[i]);
    }
}

struct ens_capabilities ens_capabilities_from_proto(
    struct ens_arena *arena, const Ensure__V1__GetCapabilitiesResponse *message)
{
    struct ens_capabilities ret = {
        .version = ens_str_of(message->version),
        .providers = ens_arena_array(arena, message->n_providers, sizeof(*ret.providers)),
        .provider_count = message->n_providers,
        .warnings = ens_arena_array(arena, message->n_warnings, sizeof(*ret.warnings)),
        .warning_count = message->n_warnings,
    };

    for (size_t i = 0; i < ret.provider_count; i++) {
        ret.providers[i] = provider_from_proto(arena, message->providers[i]);
    }
    for (size_t i = 0; i < ret.warning_count; i++) {
        ret.warnings[i] = ens_str_of(message->warnings[i]);
    }
    return ret;
}
