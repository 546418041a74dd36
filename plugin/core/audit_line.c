/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit_line.h"

#include "base/timestamp.h"
#include "core/json.h"
#include "core/target.h"

#define TEXT_MAX ((size_t)1024) /* bytes of each text; a longer one is truncated */

static void add_targets(struct ens_json *json, const struct ens_audit_line *line)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    ens_json_name(json, "targets");
    ens_json_begin(json, '[');
    for (size_t i = 0; i < line->id_count; i++) {
        const struct ens_target target = {line->cloud, line->region, line->ids[i]};
        ens_json_text(json, ens_target_text(arena, &target));
    }
    ens_json_end(json, ']');
}

static void add_text(struct ens_json *json, const char *name, ens_str value)
{
    ens_json_name(json, name);
    ens_json_text(json, (ens_str){value.ptr, value.len > TEXT_MAX ? TEXT_MAX : value.len});
}

static void add_number(struct ens_json *json, const char *name, int64_t value)
{
    ens_json_name(json, name);
    ens_json_int(json, value);
}

void ens_audit_line_format(const struct ens_audit_line *line, struct ens_buf *out)
{
    struct ens_json json = ens_json_new(out, 0);
    char time[ENS_TIMESTAMP_SIZE];

    ens_timestamp_format_us(line->unix_ms, time);
    ens_json_begin(&json, '{');
    add_text(&json, "time", ens_str_of(time));
    add_text(&json, "run_id", line->run_id);
    add_text(&json, "phase", line->sending ? ENS_STR("sending") : ENS_STR("done"));
    add_text(&json, "actor", line->actor);
    add_text(&json, "source", line->source);
    add_text(&json, "key_id_tail", line->key_id_tail);
    add_text(&json, "endpoint", line->endpoint);
    add_text(&json, "action", ens_str_of(line->action));
    ens_json_name(&json, "dry_run");
    ens_json_bool(&json, line->dry_run);
    add_targets(&json, line);
    add_number(&json, "attempt", line->attempt);
    add_text(&json, "outcome",
             line->sending ? ENS_STR("") : ens_str_of(ens_reason_name(line->outcome)));
    add_number(&json, "http_status", line->http_status);
    add_text(&json, "provider_code", line->provider_code);
    add_text(&json, "request_id", line->request_id);
    add_text(&json, "client_token", line->client_token);
    add_number(&json, "elapsed_ms", line->elapsed_ms);
    add_text(&json, "trace_id", line->trace_id);
    ens_json_end(&json, '}');
    ens_buf_add_char(out, '\n');
}
