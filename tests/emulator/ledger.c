/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger.h"

#include "list.h"
#include "message.h"

#include <stdio.h>

static void record_done(struct emu_record *record)
{
    ens_free(record->ids);
    ens_free(record->statuses);
    ens_free(record->token);
    ens_free(record->fault);
    ens_free(record->canonical);
    json_decref(record->granted);
    *record = (struct emu_record){0};
}

/* {CLOUD: {}} for all clouds. */
static json_t *each_cloud(void)
{
    json_t *clouds = json_object();
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        json_object_set_new(clouds, emu_cloud_name((enum emu_cloud)cloud), json_object());
    }
    return clouds;
}

static void increment(json_t *object, const char *name, bool by_one)
{
    json_t *number = json_object_get(object, name);
    json_integer_set(number, json_integer_value(number) + (by_one ? 1 : 0));
}

static void count(struct emu_ledger *ledger, const struct emu_record *record)
{
    if (ledger->tally == NULL) {
        ledger->tally = each_cloud();
    }
    json_t *actions = json_object_get(ledger->tally, emu_cloud_name(record->cloud));
    json_t *name = emu_json_text(ens_str_of(record->action));
    json_t *action = json_object_get(actions, json_string_value(name));
    if (action == NULL) {
        action = json_pack("{s:i, s:i, s:i}", "calls", 0, "dry_runs", 0, "errors", 0);
        json_object_set_new(actions, json_string_value(name), action);
    }
    json_decref(name);
    increment(action, "calls", true);
    increment(action, "dry_runs", record->dry_run);
    increment(action, "errors", record->status < 200 || record->status > 299);
}

void emu_ledger_add(struct emu_ledger *ledger, struct emu_record *record)
{
    if (record->service == EMU_API) {
        count(ledger, record);
    }
    if (ledger->count >= EMU_MAX_RECORDS) {
        ledger->dropped++;
        record_done(record);
        return;
    }
    ledger->records = emu_grow(ledger->records, ledger->count, sizeof(*ledger->records));
    ledger->records[ledger->count++] = *record;
    *record = (struct emu_record){0};
}

void emu_ledger_violation(struct emu_ledger *ledger, ens_str sentence)
{
    if (ledger->violations == NULL) {
        ledger->violations = json_array();
    }
    if (json_array_size(ledger->violations) >= EMU_MAX_VIOLATIONS) {
        ledger->violations_dropped++;
        return;
    }
    json_array_append_new(ledger->violations, emu_json_text(sentence));
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL) {
        json_object_set_new(object, name, emu_json_text(ens_str_of(text)));
    }
}

/* "a,,b" as ["a", "", "b"] */
static void set_list(json_t *object, const char *name, const char *list)
{
    ens_str rest = ens_str_of(list);
    if (list == NULL) {
        return;
    }
    json_t *array = json_array();
    while (rest.ptr != NULL) {
        json_array_append_new(array, emu_json_text(ens_str_cut(rest, ',', &rest)));
    }
    json_object_set_new(object, name, array);
}

static json_t *record_json(const struct emu_record *record, size_t number)
{
    const char *cloud = record->service == EMU_GITHUB_OIDC ? "" : emu_cloud_name(record->cloud);
    json_t *object = json_pack("{s:I, s:s, s:s, s:b, s:i, s:I}", "number", (json_int_t)number,
                               "service", emu_service_name(record->service), "cloud", cloud,
                               "dry_run", (int)record->dry_run, "http_status", record->status,
                               "at_ms", (json_int_t)record->at_ms);
    set_text(object, "action", record->action);
    set_text(object, "access_key", record->access_key);
    set_text(object, "code", record->code);
    set_text(object, "batch_optimization", record->optimization);
    set_text(object, "client_token", record->token);
    set_text(object, "fault", record->fault);
    set_text(object, "server_canonical_request", record->canonical);
    if (record->granted != NULL) {
        json_object_set(object, "granted", record->granted);
    }
    set_list(object, "ids", record->ids);
    set_list(object, "statuses", record->statuses);
    return object;
}

static json_t *starts_json(const struct emu_world *world, json_int_t *ret_total)
{
    json_t *starts = json_object();
    *ret_total = 0;
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        for (size_t i = 0; i < world->instance_count[cloud]; i++) {
            const struct emu_instance *instance = world->instances[cloud][i];
            if (instance->starts > 0) {
                char target[160];
                snprintf(target, sizeof(target), "%s/%s/%s", emu_cloud_name(instance->cloud),
                         instance->region, instance->id);
                json_object_set_new(starts, target, json_integer((json_int_t)instance->starts));
                *ret_total += (json_int_t)instance->starts;
            }
        }
    }
    return starts;
}

/* {CLOUD: n} */
static json_t *connections_json(const struct emu_ledger *ledger, enum emu_service service)
{
    json_t *object = json_object();
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        json_object_set_new(object, emu_cloud_name((enum emu_cloud)cloud),
                            json_integer((json_int_t)ledger->connections[service][cloud]));
    }
    return object;
}

json_t *emu_ledger_json(const struct emu_ledger *ledger, const struct emu_world *world,
                        bool with_requests)
{
    json_int_t total = 0;
    json_t *document = json_object();
    json_object_set_new(document, "starts", starts_json(world, &total));
    json_object_set_new(document, "starts_total", json_integer(total));
    json_object_set_new(document, "calls",
                        ledger->tally == NULL ? each_cloud() : json_deep_copy(ledger->tally));
    json_object_set_new(document, "connections", connections_json(ledger, EMU_API));
    json_object_set_new(document, "sts_connections", connections_json(ledger, EMU_STS));
    json_object_set_new(document, "metadata_connections", connections_json(ledger, EMU_METADATA));
    json_object_set_new(document, "violations",
                        ledger->violations == NULL ? json_array() : json_copy(ledger->violations));
    json_object_set_new(document, "violations_dropped",
                        json_integer((json_int_t)ledger->violations_dropped));
    if (with_requests) {
        json_t *requests = json_array();
        for (size_t i = 0; i < ledger->count; i++) {
            json_array_append_new(requests, record_json(&ledger->records[i], i + 1));
        }
        json_object_set_new(document, "requests", requests);
    }
    json_object_set_new(document, "requests_dropped", json_integer((json_int_t)ledger->dropped));
    return document;
}

void emu_ledger_reset(struct emu_ledger *ledger, struct emu_world *world)
{
    emu_ledger_done(ledger);
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        for (size_t i = 0; i < world->instance_count[cloud]; i++) {
            world->instances[cloud][i]->starts = 0;
        }
    }
}

void emu_ledger_done(struct emu_ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++) {
        record_done(&ledger->records[i]);
    }
    ens_free(ledger->records);
    json_decref(ledger->tally);
    json_decref(ledger->violations);
    *ledger = (struct emu_ledger){0};
}
