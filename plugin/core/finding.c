/* SPDX-License-Identifier: Apache-2.0 */
#include "core/finding.h"

ens_str ens_find_failure_text(struct ens_arena *arena, const struct ens_find_failure *failure)
{
    return ens_arena_printf(arena, "%.*s/%.*s: %s: %.*s", ENS_STR_ARG(failure->cloud),
                            ENS_STR_ARG(failure->region), ens_reason_name(failure->reason),
                            ENS_STR_ARG(failure->message));
}

static void add_text(struct ens_json *json, const char *name, ens_str value)
{
    ens_json_name(json, name);
    ens_json_text(json, value);
}

void ens_finding_write(struct ens_json *json, const struct ens_finding *finding)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    ens_json_begin(json, '{');
    add_text(json, "target", ens_target_text(arena, &finding->target));
    add_text(json, "name", finding->name);
    add_text(json, "status", ens_str_of(ens_status_name(finding->status)));
    add_text(json, "provider_status", finding->provider_status);
    add_text(json, "zone", finding->zone);
    add_text(json, "instance_type", finding->instance_type);
    add_text(json, "charge_type", finding->charge_type);
    ens_json_name(json, "tags");
    ens_json_begin(json, '{');
    for (size_t i = 0; i < finding->tag_count; i++) {
        ens_json_key(json, finding->tags[i].name);
        ens_json_text(json, finding->tags[i].value);
    }
    ens_json_end(json, '}');
    ens_json_end(json, '}');
}

struct ens_find_writer ens_find_begin(struct ens_buf *out, ens_str created_at, unsigned indent)
{
    struct ens_find_writer writer = {.json = ens_json_new(out, indent)};
    struct ens_json *json = &writer.json;

    ens_json_begin(json, '{');
    add_text(json, "format", ENS_STR(ENS_FIND_FORMAT));
    add_text(json, "created_at", created_at);
    ens_json_name(json, "instances");
    ens_json_begin(json, '[');
    return writer;
}

void ens_find_add(struct ens_find_writer *writer, const struct ens_finding *finding)
{
    ens_finding_write(&writer->json, finding);
    writer->total++;
}

void ens_find_end(struct ens_find_writer *writer, const ens_str *warnings, size_t warning_count)
{
    struct ens_json *json = &writer->json;

    ens_json_end(json, ']');
    ens_json_name(json, "warnings");
    ens_json_begin(json, '[');
    for (size_t i = 0; i < warning_count; i++) {
        ens_json_text(json, warnings[i]);
    }
    ens_json_end(json, ']');
    ens_json_name(json, "summary");
    ens_json_begin(json, '{');
    ens_json_name(json, "total");
    ens_json_int(json, (int64_t)writer->total);
    ens_json_end(json, '}');
    ens_json_end(json, '}');
    ens_buf_add_char(json->out, '\n');
}
