/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "kit/text.h"
#include "vector.h"

static ens_str text_of(const json_t *value)
{
    assert_true(json_is_string(value));
    return (ens_str){json_string_value(value), json_string_length(value)};
}

static const char *name_of(const struct vector *vector)
{
    return json_string_value(json_object_get(vector->json, "name"));
}

ens_str vector_input(const struct vector *vector, const char *name)
{
    return text_of(json_object_get(json_object_get(vector->json, "input"), name));
}

void vector_expect(const struct vector *vector, const char *name, ens_str actual)
{
    ens_str expected = text_of(json_object_get(json_object_get(vector->json, "expect"), name));

    if (kit_compare(expected, actual) != 0) {
        fail_msg("%s: %s is\n%.*s\nand should be\n%.*s", name_of(vector), name, (int)actual.len,
                 actual.ptr, (int)expected.len, expected.ptr);
    }
}

static void read_vector(struct vector *vector)
{
    const json_t *input = json_object_get(vector->json, "input");
    const json_t *query = json_object_get(input, "query");
    struct kit_pairs pairs = kit_pairs_new(vector->memory);
    size_t i = 0;
    const json_t *pair = NULL;
    const char *name = NULL;
    json_t *value = NULL;

    json_array_foreach(query, i, pair)
    {
        kit_pairs_add(&pairs, json_string_value(json_array_get(pair, 0)),
                      text_of(json_array_get(pair, 1)));
    }
    vector->request = (struct ens_http_request){
        .struct_size = sizeof(vector->request),
        .method = vector_input(vector, "method"),
        .path = vector_input(vector, "path"),
        .body = vector_input(vector, "body"),
    };
    kit_request_set_query(&vector->request, &pairs);

    vector->headers = kit_pairs_new(vector->memory);
    json_object_foreach(json_object_get(input, "headers_to_sign"), name, value)
    {
        kit_pairs_add(&vector->headers, name, text_of(value));
    }
}

size_t vectors_each(const char *file, vector_check_fn *check)
{
    json_t *root = json_load_file(file, 0, NULL);
    const json_t *list = json_object_get(root, "vectors");
    size_t count = json_array_size(list);

    assert_non_null(root);
    for (size_t i = 0; i < count; i++) {
        struct exact_memory exact;
        exact_memory_init(&exact);
        struct vector vector = {.memory = &exact.memory, .json = json_array_get(list, i)};
        read_vector(&vector);
        check(&vector);
        exact_memory_done(&exact);
    }
    json_decref(root);
    return count;
}
