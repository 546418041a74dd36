/* SPDX-License-Identifier: Apache-2.0 */
#include "core/saved.h"

#include <jansson.h>

#include "base/utf8.h"
#include "core/quote.h"

struct reader {
    struct ens_arena *arena;
    const char *name; /* of the file */
    struct ens_diags *diags;
};

/* A member that is text: its name, and where it goes. */
struct text_member {
    const char *name;
    size_t offset;
};

#define FINDING(name)                                                                              \
    {                                                                                              \
#name, offsetof(struct ens_finding, name)                                                  \
    }
#define DIAGNOSIS(name)                                                                            \
    {                                                                                              \
#name, offsetof(struct ens_diagnosis, name)                                                \
    }

static const struct text_member finding_texts[] = {
    FINDING(name),          FINDING(provider_status), FINDING(zone),
    FINDING(instance_type), FINDING(charge_type),
};

static const struct text_member diagnosis_texts[] = {
    DIAGNOSIS(cloud),       DIAGNOSIS(region),     DIAGNOSIS(source),
    DIAGNOSIS(key_id_tail), DIAGNOSIS(expires_at), DIAGNOSIS(identity),
    DIAGNOSIS(endpoint),    DIAGNOSIS(message),    DIAGNOSIS(advice),
};

/* ---- values ---------------------------------------------------------------------------------- */

static ens_rc fail(const struct reader *reader, const char *place, const char *key,
                   const char *wanted)
{
    return ens_fail(reader->diags, ENS_MALFORMED, reader->name, "%s%s%s: expected %s", place,
                    place[0] != '\0' && key[0] != '\0' ? "." : "", key, wanted);
}

static ens_str text_of(const json_t *value)
{
    return (ens_str){json_string_value(value), json_string_length(value)};
}

/* Members are deleted from their object once they are read, so that what is left is unknown. */
static ens_rc end_object(const struct reader *reader, const char *place, json_t *object)
{
    const char *key = json_object_iter_key(json_object_iter(object));

    return key == NULL
               ? ENS_OK
               : ens_fail(reader->diags, ENS_MALFORMED, reader->name, "%s%sunknown key \"%s\"",
                          place, place[0] != '\0' ? ": " : "", ens_quoted(ens_str_of(key)).text);
}

static ens_rc take_text(const struct reader *reader, const char *place, json_t *object,
                        const char *key, ens_str *ret)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_string(value)) {
        return fail(reader, place, key, "text");
    }
    *ret = ens_arena_dup(reader->arena, text_of(value));
    (void)json_object_del(object, key);
    return ENS_OK;
}

static ens_rc take_texts(const struct reader *reader, const char *place, json_t *object,
                         const struct text_member *members, size_t count, void *ret)
{
    ens_rc rc = ENS_OK;

    for (size_t i = 0; rc == ENS_OK && i < count; i++) {
        rc = take_text(reader, place, object, members[i].name,
                       (ens_str *)(void *)((char *)ret + members[i].offset));
    }
    return rc;
}

static ens_rc take_sentences(const struct reader *reader, const char *place, json_t *object,
                             const char *key, const ens_str **ret, size_t *ret_count)
{
    const json_t *list = json_object_get(object, key);
    const size_t count = json_array_size(list);
    ens_str *texts = ens_arena_array(reader->arena, count, sizeof(*texts));

    if (!json_is_array(list)) {
        return fail(reader, place, key, "a list of sentences");
    }
    for (size_t i = 0; i < count; i++) {
        if (!json_is_string(json_array_get(list, i))) {
            return fail(reader, place, key, "a list of sentences");
        }
        texts[i] = ens_arena_dup(reader->arena, text_of(json_array_get(list, i)));
    }
    *ret = texts;
    *ret_count = count;
    (void)json_object_del(object, key);
    return ENS_OK;
}

/* ---- finds ----------------------------------------------------------------------------------- */

static ens_rc take_tags(const struct reader *reader, const char *place, json_t *object,
                        struct ens_finding *ret)
{
    json_t *tags = json_object_get(object, "tags");
    struct ens_pair *pairs = ens_arena_array(reader->arena, json_object_size(tags), sizeof(*pairs));
    const char *name = NULL;
    const json_t *value = NULL;

    if (!json_is_object(tags)) {
        return fail(reader, place, "tags", "an object");
    }
    json_object_foreach(tags, name, value)
    {
        if (!json_is_string(value)) {
            return fail(reader, place, "tags", "texts alone");
        }
        pairs[ret->tag_count++] = (struct ens_pair){ens_arena_dup(reader->arena, ens_str_of(name)),
                                                    ens_arena_dup(reader->arena, text_of(value))};
    }
    ret->tags = pairs;
    (void)json_object_del(object, "tags");
    return ENS_OK;
}

static ens_rc read_finding(const struct reader *reader, const char *place, json_t *object,
                           void *item)
{
    struct ens_finding *ret = item;
    struct ens_target target;

    if (ens_target_parse(text_of(json_object_get(object, "target")), NULL, &target, NULL) !=
        ENS_OK) {
        return fail(reader, place, "target", "a target (cloud/region/instance-id)");
    }
    ret->target = ens_target_copy(reader->arena, &target);
    if (!ens_status_parse(text_of(json_object_get(object, "status")), &ret->status)) {
        return fail(reader, place, "status", "a status (such as running)");
    }
    (void)json_object_del(object, "target");
    (void)json_object_del(object, "status");
    ens_rc rc = take_texts(reader, place, object, finding_texts, ENS_COUNT(finding_texts), ret);
    return rc == ENS_OK ? take_tags(reader, place, object, ret) : rc;
}

/* ---- diagnoses ------------------------------------------------------------------------------- */

static ens_rc read_diagnosis(const struct reader *reader, const char *place, json_t *object,
                             void *item)
{
    struct ens_diagnosis *ret = item;
    const json_t *skew = json_object_get(object, "clock_skew_ms");

    if (!json_is_integer(skew)) {
        return fail(reader, place, "clock_skew_ms", "a number of milliseconds");
    }
    if (!ens_may_read_parse(text_of(json_object_get(object, "may_read")), &ret->may_read)) {
        return fail(reader, place, "may_read", "yes, no or unknown");
    }
    if (!ens_reason_parse(text_of(json_object_get(object, "reason")), &ret->reason)) {
        return fail(reader, place, "reason", "a reason (such as ok)");
    }
    ret->clock_skew_ms = json_integer_value(skew);
    (void)json_object_del(object, "clock_skew_ms");
    (void)json_object_del(object, "may_read");
    (void)json_object_del(object, "reason");
    ens_rc rc = take_texts(reader, place, object, diagnosis_texts, ENS_COUNT(diagnosis_texts), ret);
    return rc == ENS_OK ? take_sentences(reader, place, object, "looked_at", &ret->looked_at,
                                         &ret->looked_at_count)
                        : rc;
}

/* ---- documents ------------------------------------------------------------------------------- */

static const struct document {
    enum ens_saved_kind kind;
    const char *format;
    const char *list;
    size_t most;
    size_t size; /* of an item */
    ens_rc (*read)(const struct reader *reader, const char *place, json_t *object, void *item);
} documents[] = {
    {ENS_SAVED_FIND, ENS_FIND_FORMAT, "instances", ENS_SAVED_FINDINGS_MAX,
     sizeof(struct ens_finding), read_finding},
    {ENS_SAVED_DOCTOR, ENS_DOCTOR_FORMAT, "clouds", ENS_DIAGNOSES_MAX, sizeof(struct ens_diagnosis),
     read_diagnosis},
};

static ens_rc take_items(const struct reader *reader, const struct document *document, json_t *root,
                         char **ret, size_t *ret_count)
{
    const json_t *list = json_object_get(root, document->list);
    const size_t count = json_array_size(list);

    if (!json_is_array(list) || count > document->most) {
        return fail(reader, "", document->list,
                    ens_arena_printf(reader->arena, "a list of at most %zu", document->most).ptr);
    }
    char *items = ens_arena_array(reader->arena, count, document->size);
    for (size_t i = 0; i < count; i++) {
        json_t *object = json_array_get(list, i);
        char place[64];
        (void)snprintf(place, sizeof(place), "%s[%zu]", document->list, i);
        ens_rc rc = json_is_object(object)
                        ? document->read(reader, place, object, items + i * document->size)
                        : fail(reader, place, "", "an object");
        rc = rc == ENS_OK ? end_object(reader, place, object) : rc;
        if (rc != ENS_OK) {
            return rc;
        }
    }
    *ret = items;
    *ret_count = count;
    (void)json_object_del(root, document->list);
    return ENS_OK;
}

/* A find has a summary, a diagnosis the guards, by which nothing is decided here. */
static ens_rc take_extra(const struct reader *reader, const struct ens_saved *saved, json_t *root)
{
    const char *key = saved->kind == ENS_SAVED_FIND ? "summary" : "policy";
    json_t *value = json_object_get(root, key);
    const json_t *total = json_object_get(value, "total");

    if (saved->kind == ENS_SAVED_DOCTOR && !json_is_array(value)) {
        return fail(reader, "", key, "a list of guards");
    }
    if (saved->kind == ENS_SAVED_FIND &&
        (!json_is_integer(total) || json_integer_value(total) != (json_int_t)saved->count ||
         json_object_size(value) != 1)) {
        return fail(reader, "", key, "\"total\", the number of instances, alone");
    }
    (void)json_object_del(root, key);
    return ENS_OK;
}

static ens_rc read_document(const struct reader *reader, const struct document *document,
                            json_t *root, struct ens_saved *ret)
{
    char *items = NULL;

    (void)json_object_del(root, "format");
    ret->kind = document->kind;
    ens_rc rc = take_text(reader, "", root, "created_at", &ret->created_at);
    if (rc == ENS_OK) {
        rc = take_sentences(reader, "", root, "warnings", &ret->warnings, &ret->warning_count);
    }
    if (rc == ENS_OK) {
        rc = take_items(reader, document, root, &items, &ret->count);
    }
    if (rc == ENS_OK) {
        rc = take_extra(reader, ret, root);
    }
    if (document->kind == ENS_SAVED_FIND) {
        ret->findings = (struct ens_finding *)(void *)items;
    } else {
        ret->diagnoses = (struct ens_diagnosis *)(void *)items;
    }
    return rc == ENS_OK ? end_object(reader, "", root) : rc;
}

ens_rc ens_saved_read(struct ens_arena *arena, ens_str text, const char *name,
                      struct ens_saved *ret, struct ens_diags *diags)
{
    const struct reader reader = {arena, name, diags};

    *ret = (struct ens_saved){0};
    text = ens_utf8_skip_mark(text);
    json_auto_t *root =
        text.len > 0 ? json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    for (size_t i = 0; i < ENS_COUNT(documents); i++) {
        if (ens_str_is(text_of(json_object_get(root, "format")), documents[i].format)) {
            return read_document(&reader, &documents[i], root, ret);
        }
    }
    return ENS_OK;
}
