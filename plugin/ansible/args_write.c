/* SPDX-License-Identifier: Apache-2.0 */
/* What "invocation" shows. */
#include <inttypes.h>

#include "ansible/args.h"
#include "core/policy_read.h"

static void write_text(struct ens_json *json, ens_str text, bool secret)
{
    if (text.ptr == NULL) {
        ens_json_raw(json, ENS_STR("null"));
    } else {
        ens_json_text(json, secret ? ENS_STR(ENS_MASK) : text);
    }
}

/* Writes a duration in seconds. */
static void write_duration(struct ens_json *json, int64_t ms)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (ms == 0) {
        ens_json_raw(json, ENS_STR("null"));
    } else if (ms % 1000 == 0) {
        ens_json_int(json, ms / 1000);
    } else {
        ens_json_raw(json, ens_arena_printf(arena, "%" PRId64 ".%03" PRId64, ms / 1000, ms % 1000));
    }
}

static void write_number(struct ens_json *json, size_t number)
{
    if (number == 0) {
        ens_json_raw(json, ENS_STR("null"));
    } else {
        ens_json_int(json, (int64_t)number);
    }
}

static void write_texts(struct ens_json *json, const struct ens_texts *texts)
{
    if (!texts->given) {
        ens_json_raw(json, ENS_STR("null"));
        return;
    }
    ens_json_begin(json, '[');
    for (size_t i = 0; i < texts->count; i++) {
        ens_json_text(json, texts->items[i]);
    }
    ens_json_end(json, ']');
}

static void write_statuses(struct ens_json *json, unsigned statuses)
{
    if (statuses == 0) {
        ens_json_raw(json, ENS_STR("null"));
        return;
    }
    ens_json_begin(json, '[');
    for (unsigned status = 0; status < ENS_STATUS_COUNT; status++) {
        if ((statuses & (1u << status)) != 0) {
            ens_json_text(json, ens_str_of(ens_status_name((enum ens_status)status)));
        }
    }
    ens_json_end(json, ']');
}

static void write_tags(struct ens_json *json, const struct ens_selector *selector)
{
    if (selector->tag_count == 0) {
        ens_json_raw(json, ENS_STR("null"));
        return;
    }
    ens_json_begin(json, '{');
    for (size_t i = 0; i < selector->tag_count; i++) {
        ens_json_key(json, selector->tags[i].name);
        ens_json_text(json, selector->tags[i].value);
    }
    ens_json_end(json, '}');
}

static bool is_given(const struct ens_args *args, const struct ens_param *dictionary)
{
    return ens_str_is(ens_str_of(dictionary->name), "filters")
               ? ens_args_have_filters(args)
               : ens_settings_have(&args->settings, dictionary->name);
}

static void write_table(struct ens_json *json, const struct ens_args *args,
                        const struct ens_param *table);

static void write_dictionary(struct ens_json *json, const struct ens_args *args,
                             const struct ens_param *param)
{
    if (is_given(args, param)) {
        write_table(json, args, param->nested);
    } else {
        ens_json_raw(json, ENS_STR("null"));
    }
}

static void write_policy(struct ens_json *json, const struct ens_policy *policy)
{
    if (policy->count == 0) {
        ens_json_raw(json, ENS_STR("null"));
        return;
    }
    ens_json_begin(json, '{');
    for (size_t i = 0; i < policy->count; i++) {
        ens_json_name(json, ens_rule_name(policy->guards[i].rule));
        ens_policy_write_value(json, &policy->guards[i]);
    }
    ens_json_end(json, '}');
}

static void write_param(struct ens_json *json, const struct ens_args *args,
                        const struct ens_param *param)
{
    const void *field = (const char *)args + param->offset;

    switch (param->type) {
    case ENS_PARAM_TEXT:
        write_text(json, *(const ens_str *)field, false);
        return;
    case ENS_PARAM_URL: /* masked if it may contain a password, although such an endpoint is an
                           error */
        write_text(json, *(const ens_str *)field,
                   ens_str_matches(*(const ens_str *)field, ENS_STR("*@*")));
        return;
    case ENS_PARAM_SECRET:
        write_text(json, *(const ens_str *)field, true);
        return;
    case ENS_PARAM_TEXTS:
        write_texts(json, field);
        return;
    case ENS_PARAM_STATUSES:
        write_statuses(json, *(const unsigned *)field);
        return;
    case ENS_PARAM_TAGS:
        write_tags(json, &args->selector);
        return;
    case ENS_PARAM_LIMIT:
        write_number(json, *(const size_t *)field);
        return;
    case ENS_PARAM_DURATION:
        write_duration(json, *(const int64_t *)field);
        return;
    case ENS_PARAM_SECONDS:
        write_duration(json, (int64_t)1000 * *(const uint32_t *)field);
        return;
    case ENS_PARAM_BOOL:
        ens_json_bool(json, *(const bool *)field);
        return;
    case ENS_PARAM_DICTIONARY:
        write_dictionary(json, args, param);
        return;
    case ENS_PARAM_POLICY:
        write_policy(json, &args->policy);
        return;
    case ENS_PARAM_GUARD:
        return; /* written with its policy */
    }
}

static void write_table(struct ens_json *json, const struct ens_args *args,
                        const struct ens_param *table)
{
    ens_json_begin(json, '{');
    for (; table->name != NULL; table++) {
        ens_json_name(json, table->name);
        write_param(json, args, table);
    }
    ens_json_end(json, '}');
}

void ens_args_write(struct ens_json *json, const struct ens_args *args)
{
    ens_json_begin(json, '{');
    ens_json_name(json, "module_args");
    write_table(json, args, ens_module_params(args->module));
    ens_json_end(json, '}');
}
