/* SPDX-License-Identifier: Apache-2.0 */
/* Compares signatures with the vectors, in every intermediate value of the algorithm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alibaba/sign.h"
#include "baidu/sign.h"
#include "kit/digest.h"
#include "kit/text.h"
#include "vector.h"
#include "volcengine/sign.h"

#define VECTORS(file) ENS_TESTS_DIR "/golden/vectors/" file

/* Checks the stages that Volcengine and Alibaba Cloud have in common. */
static ens_str check_canonical_request(const struct vector *vector, const struct kit_pairs *headers)
{
    ens_str text = kit_canonical_request(vector->memory, &vector->request,
                                         kit_query(vector->memory, &vector->request), headers,
                                         kit_sha256_hex(vector->memory, vector->request.body));

    vector_expect(vector, "canonical_request", text);
    vector_expect(vector, "canonical_request_sha256", kit_sha256_hex(vector->memory, text));
    vector_expect(vector, "signed_headers", kit_names(headers));
    return text;
}

static ens_str value_of(const struct kit_pairs *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (kit_is(headers->items[i]->name, name)) {
            return headers->items[i]->value;
        }
    }
    return (ens_str){NULL, 0};
}

static void check_volcengine(const struct vector *vector)
{
    const struct ens_memory *memory = vector->memory;
    ens_str date = vector_input(vector, "x_date");
    struct volcengine_scope scope = {
        {date.ptr, 8}, vector_input(vector, "region"), vector_input(vector, "service")};
    struct kit_pairs headers = vector->headers;

    kit_pairs_sort(&headers);
    ens_str host = value_of(&headers, "host");
    if (host.len > 0) {
        ens_str signed_host = volcengine_signed_host(vector_input(vector, "host"));
        assert_int_equal(kit_compare(signed_host, host), 0);
    }
    ens_str canonical_request = check_canonical_request(vector, &headers);

    ens_str scope_text = volcengine_scope_text(memory, &scope);
    vector_expect(vector, "credential_scope", scope_text);
    ens_str text = volcengine_string_to_sign(memory, date, scope_text, canonical_request);
    vector_expect(vector, "string_to_sign", text);

    struct kit_digest key =
        volcengine_signing_key(vector_input(vector, "secret_access_key"), &scope);
    vector_expect(vector, "signing_key_hex", kit_digest_hex(memory, &key));
    ens_str signature = volcengine_signature(memory, key, text);
    vector_expect(vector, "signature", signature);
    vector_expect(vector, "authorization",
                  volcengine_authorization(memory, vector_input(vector, "access_key_id"),
                                           scope_text, kit_names(&headers), signature));
}

static void check_alibaba(const struct vector *vector)
{
    const struct ens_memory *memory = vector->memory;
    struct kit_pairs headers = alibaba_signed_headers(memory, &vector->headers);

    assert_int_equal(headers.count, vector->headers.count);
    ens_str text = alibaba_string_to_sign(memory, check_canonical_request(vector, &headers));
    vector_expect(vector, "string_to_sign", text);
    ens_str signature = alibaba_signature(memory, vector_input(vector, "access_key_secret"), text);
    vector_expect(vector, "signature", signature);
    vector_expect(vector, "authorization",
                  alibaba_authorization(memory, vector_input(vector, "access_key_id"),
                                        kit_names(&headers), signature));
}

static void check_baidu(const struct vector *vector)
{
    const struct ens_memory *memory = vector->memory;
    struct kit_pairs headers = vector->headers;

    kit_pairs_sort(&headers);
    ens_str prefix = baidu_auth_prefix(memory, vector_input(vector, "access_key_id"),
                                       vector_input(vector, "date"));
    vector_expect(vector, "auth_string_prefix", prefix);
    ens_str key = baidu_signing_key(memory, vector_input(vector, "secret_access_key"), prefix);
    vector_expect(vector, "signing_key", key);
    ens_str query = baidu_canonical_query(memory, &vector->request);
    ens_str text = baidu_canonical_request(memory, &vector->request, query, &headers);
    vector_expect(vector, "canonical_request", text);
    vector_expect(vector, "signed_headers", kit_names(&headers));
    ens_str signature = baidu_signature(memory, key, text);
    vector_expect(vector, "signature", signature);
    vector_expect(vector, "authorization",
                  baidu_authorization(memory, prefix, kit_names(&headers), signature));
}

static void test_volcengine(void **state)
{
    (void)state;
    assert_int_equal(vectors_each(VECTORS("volcengine.json"), check_volcengine), 13);
}

static void test_alibaba(void **state)
{
    (void)state;
    assert_int_equal(vectors_each(VECTORS("alibaba-v3.json"), check_alibaba), 9);
}

static void test_baidu(void **state)
{
    (void)state;
    assert_int_equal(vectors_each(VECTORS("baidu.json"), check_baidu), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_volcengine),
        cmocka_unit_test(test_alibaba),
        cmocka_unit_test(test_baidu),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
