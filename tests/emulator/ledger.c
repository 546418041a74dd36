#include "ledger.h"

#include "message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct emu_tally {
    unsigned long calls, dry_runs, errors;
};

static void record_done(struct emu_record *record)
{
    free(record->ids);
    free(record->statuses);
    free(record->token);
    free(record->fault);
    free(record->canonical);
    *record = (struct emu_record){0};
}

static void count(struct emu_ledger *ledger, const struct emu_record *record)
{
    char key[96];
    snprintf(key, sizeof(key), "%s/%s", emu_cloud_name(record->cloud), record->action);
    struct emu_tally *tally = emu_table_get(&ledger->tally, key);
    if (tally == NULL) {
        tally = emu_alloc(sizeof(*tally));
        emu_table_put(&ledger->tally, key, tally);
    }
    tally->calls++;
    tally->dry_runs += record->dry_run ? 1 : 0;
    tally->errors += record->status < 200 || record->status > 299 ? 1 : 0;
}

void emu_ledger_add(struct emu_ledger *ledger, struct emu_record *record)
{
    count(ledger, record);
    if (ledger->count >= EMU_MAX_RECORDS) {
        ledger->dropped++;
        record_done(record);
        return;
    }
    ledger->records = emu_grow(ledger->records, ledger->count, sizeof(*ledger->records));
    ledger->records[ledger->count++] = *record;
    *record = (struct emu_record){0};
}

void emu_ledger_violation(struct emu_ledger *ledger, const char *format, ...)
{
    if (ledger->violations == NULL) {
        ledger->violations = json_array();
    }
    if (json_array_size(ledger->violations) >= EMU_MAX_VIOLATIONS) {
        ledger->violations_dropped++;
        return;
    }
    struct emu_text text = {0};
    va_list args;
    va_start(args, format);
    emu_text_addv(&text, format, args);
    va_end(args);
    json_array_append_new(ledger->violations, emu_json_text(emu_text_str(&text)));
    emu_text_done(&text);
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL) {
        json_object_set_new(object, name, emu_json_text(text));
    }
}

/* "a,,b" as ["a", "", "b"] */
static void set_list(json_t *object, const char *name, const char *list)
{
    if (list == NULL) {
        return;
    }
    json_t *array = json_array();
    for (;;) {
        size_t len = strcspn(list, ",");
        char *item = emu_copy_n(list, len);
        json_array_append_new(array, emu_json_text(item));
        free(item);
        if (list[len] == '\0') {
            break;
        }
        list += len + 1;
    }
    json_object_set_new(object, name, array);
}

static json_t *record_json(const struct emu_record *record, size_t number)
{
    json_t *object = json_pack("{s:I, s:s, s:b, s:i, s:I}", "number", (json_int_t)number, "cloud",
                               emu_cloud_name(record->cloud), "dry_run", (int)record->dry_run,
                               "http_status", record->status, "at_ms", (json_int_t)record->at_ms);
    set_text(object, "action", record->action);
    set_text(object, "access_key", record->access_key);
    set_text(object, "code", record->code);
    set_text(object, "batch_optimization", record->optimization);
    set_text(object, "client_token", record->token);
    set_text(object, "fault", record->fault);
    set_text(object, "server_canonical_request", record->canonical);
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

static void add_tally(const char *key, void *value, void *data)
{
    const struct emu_tally *tally = value;
    json_t *calls = data;
    size_t cloud_len = strcspn(key, "/");
    char *cloud = emu_copy_n(key, cloud_len);
    json_t *action = json_pack("{s:I, s:I, s:I}", "calls", (json_int_t)tally->calls, "dry_runs",
                               (json_int_t)tally->dry_runs, "errors", (json_int_t)tally->errors);
    json_t *name = emu_json_text(key + cloud_len + 1);
    json_object_set_new(json_object_get(calls, cloud), json_string_value(name), action);
    json_decref(name);
    free(cloud);
}

json_t *emu_ledger_json(const struct emu_ledger *ledger, const struct emu_world *world,
                        bool with_requests)
{
    json_int_t total = 0;
    json_t *document = json_object();
    json_t *calls = json_object();
    json_t *connections = json_object();
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        const char *name = emu_cloud_name((enum emu_cloud)cloud);
        json_object_set_new(calls, name, json_object());
        json_object_set_new(connections, name,
                            json_integer((json_int_t)ledger->connections[cloud]));
    }
    emu_table_each(&ledger->tally, add_tally, calls);
    json_object_set_new(document, "starts", starts_json(world, &total));
    json_object_set_new(document, "starts_total", json_integer(total));
    json_object_set_new(document, "calls", calls);
    json_object_set_new(document, "connections", connections);
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
    free(ledger->records);
    emu_table_done(&ledger->tally, free);
    json_decref(ledger->violations);
    *ledger = (struct emu_ledger){0};
}
