/* SPDX-License-Identifier: Apache-2.0 */
/* The words and members in proto/schemas are exactly those of the code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/diagnosis.h"
#include "core/document_fields.h"

static json_t *load(const char *kind)
{
    char path[4096];
    json_error_t error = {0};

    (void)snprintf(path, sizeof(path), ENS_TESTS_DIR "/../proto/schemas/%s.schema.json", kind);
    json_t *schema = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (schema == NULL) {
        fail_msg("%s: line %d: %s", path, error.line, error.text);
    }
    return schema;
}

static bool lists(const json_t *list, const char *word)
{
    const json_t *item = NULL;
    size_t index = 0;

    json_array_foreach(list, index, item)
    {
        if (strcmp(json_string_value(item), word) == 0) {
            return true;
        }
    }
    return false;
}

static const json_t *words_of(const json_t *schema, const char *name)
{
    return json_object_get(json_object_get(json_object_get(schema, "$defs"), name), "enum");
}

static void assert_words(const char *kind, const char *name, int count,
                         const char *(*word_of)(int value))
{
    json_auto_t *schema = load(kind);
    const json_t *words = words_of(schema, name);

    assert_int_equal(json_array_size(words), count);
    for (int value = 0; value < count; value++) {
        if (!lists(words, word_of(value))) {
            fail_msg("%s: %s has no %s", kind, name, word_of(value));
        }
    }
}

static const char *status_word(int value)
{
    return ens_status_name((enum ens_status)value);
}

static const char *reason_word(int value)
{
    return ens_reason_name((enum ens_reason)value);
}

static const char *action_word(int value)
{
    return ens_action_name((enum ens_action)value);
}

static const char *confidence_word(int value)
{
    return ens_confidence_name((enum ens_confidence)value);
}

static void test_words(void **state)
{
    static const char *const kinds[] = {"plan", "apply", "status", "audit", "doctor"};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(kinds); i++) {
        assert_words(kinds[i], "reason", ENS_REASON_COUNT, reason_word);
        if (i < 3) {
            assert_words(kinds[i], "status", ENS_STATUS_COUNT, status_word);
        }
        if (i < 2) {
            assert_words(kinds[i], "action", ENS_ACTION_COUNT, action_word);
            assert_words(kinds[i], "confidence", ENS_CONFIDENCE_COUNT, confidence_word);
        }
    }
}

/* Checks that the member is defined and required, and counts it. */
static void assert_member(const json_t *object, const char *name, size_t *count)
{
    if (json_object_get(json_object_get(object, "properties"), name) == NULL ||
        !lists(json_object_get(object, "required"), name)) {
        fail_msg("no required member %s", name);
    }
    ++*count;
}

static void assert_closed(const json_t *object, size_t count)
{
    assert_true(json_is_false(json_object_get(object, "additionalProperties")));
    assert_int_equal(json_object_size(json_object_get(object, "properties")), count);
    assert_int_equal(json_array_size(json_object_get(object, "required")), count);
}

static void test_members(void **state)
{
    static const struct {
        const char *name;
        enum ens_document_kind kind;
    } kinds[] = {{"plan", ENS_DOCUMENT_PLAN},
                 {"apply", ENS_DOCUMENT_APPLY},
                 {"status", ENS_DOCUMENT_STATUS}};

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(kinds); i++) {
        json_auto_t *schema = load(kinds[i].name);
        const json_t *properties = json_object_get(schema, "properties");
        const json_t *instance = json_object_get(json_object_get(schema, "$defs"), "instance");
        const json_t *summary = json_object_get(properties, "summary");
        size_t count = 0;

        assert_string_equal(
            json_string_value(json_object_get(json_object_get(properties, "format"), "const")),
            ens_document_format(kinds[i].kind));
        assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
        for (size_t f = 0; f < ens_document_field_count; f++) {
            if (ens_document_has(kinds[i].kind, &ens_document_fields[f])) {
                assert_member(instance, ens_document_fields[f].name, &count);
            }
        }
        assert_closed(instance, count);
        count = 0;
        for (const struct ens_count *one = ens_document_counts(kinds[i].kind); one->name != NULL;
             one++) {
            assert_member(summary, one->name, &count);
        }
        assert_closed(summary, count);
    }
}

static void test_diagnosis(void **state)
{
    ENS_AUTO_BUF out = ens_buf_new(4096);
    const struct ens_diagnosis diagnosis = {.cloud = ENS_STR("fake")};
    json_auto_t *schema = load("doctor");
    const json_t *member = NULL;
    const char *name = NULL;
    size_t count = 0;

    (void)state;
    ens_diagnoses_write(&out, &(struct ens_diagnoses){.items = &diagnosis, .count = 1}, 0);
    json_auto_t *document = json_loads(ens_buf_text(&out), 0, NULL);
    json_object_foreach(document, name, member)
    {
        assert_member(schema, name, &count);
    }
    assert_closed(schema, count);
    json_t *object = json_object_get(json_object_get(schema, "$defs"), "diagnosis");
    count = 0;
    json_object_foreach(json_array_get(json_object_get(document, "clouds"), 0), name, member)
    {
        assert_member(object, name, &count);
    }
    assert_closed(object, count);
    for (int value = 0; value <= ENS_MAY_READ_NO; value++) {
        const json_t *words = json_object_get(
            json_object_get(json_object_get(object, "properties"), "may_read"), "enum");
        assert_int_equal(json_array_size(words), ENS_MAY_READ_NO + 1);
        assert_true(lists(words, ens_may_read_name((enum ens_may_read)value)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_diagnosis),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
