/* SPDX-License-Identifier: Apache-2.0 */
/* The verifiers with signatures of the vendors' own SDKs (tests/golden/vectors): every intermediate
 * value, acceptance of the whole request, refusal after each kind of tampering. */

#include "number.h"
#include "sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static json_t *load_vectors(const char *name)
{
    char path[512];
    json_error_t error;
    snprintf(path, sizeof(path), "%s/golden/vectors/%s.json", ENS_TESTS_DIR, name);
    json_t *document = json_load_file(path, 0, &error);
    assert_non_null(document);
    assert_true(json_array_size(json_object_get(document, "vectors")) >= 9);
    return document;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

static ens_str str_of(const json_t *object, const char *name)
{
    return ens_str_of(text_of(object, name));
}

/* Builds the request of a vector as on the wire. */
static void build_request(const json_t *vector, struct emu_request *request)
{
    json_t *input = json_object_get(vector, "input");
    ENS_AUTO_BUF target = emu_canonical_buf();
    emu_add_encoded(&target, str_of(input, "path"), true);
    size_t index = 0;
    json_t *pair = NULL;
    json_array_foreach(json_object_get(input, "query"), index, pair)
    {
        ens_buf_add_char(&target, index == 0 ? '?' : '&');
        emu_add_encoded(&target, ens_str_of(json_string_value(json_array_get(pair, 0))), false);
        ens_buf_add_char(&target, '=');
        emu_add_encoded(&target, ens_str_of(json_string_value(json_array_get(pair, 1))), false);
    }
    emu_request_init(request, ens_buf_text(&target));
    emu_request_method(request, text_of(input, "method"));
    assert_false(request->query_broken);

    const char *name = NULL;
    json_t *value = NULL;
    emu_request_header(request, "Host", text_of(input, "host"));
    json_object_foreach(json_object_get(input, "headers_to_sign"), name, value)
    {
        if (strcmp(name, "host") != 0) {
            emu_request_header(request, name, json_string_value(value));
        }
    }
    emu_request_header(request, "Authorization",
                       text_of(json_object_get(vector, "expect"), "authorization"));
    ens_buf_add(&request->body, str_of(input, "body"));
}

/* Builds a world with the key of the vector, which must outlive it. */
static void build_world(const json_t *vector, enum emu_cloud cloud, struct emu_world *world)
{
    const json_t *input = json_object_get(vector, "input");
    ens_str secret = str_of(input, "secret_access_key");
    emu_world_init(world);
    *emu_world_add_key(world) = (struct emu_key){
        .cloud = cloud,
        .account = ENS_STR("main"),
        .access_key = str_of(input, "access_key_id"),
        .secret_key = secret.len == 0 ? str_of(input, "access_key_secret") : secret,
        .security_token = str_of(input, "session_token"),
    };
}

static int64_t time_of(const json_t *vector)
{
    const json_t *input = json_object_get(vector, "input");
    int64_t seconds = 0;
    assert_true(emu_date_read_basic(str_of(input, "x_date"), &seconds) ||
                emu_date_read_extended(str_of(input, "date"), &seconds));
    return seconds;
}

static void check_hash(ens_str canonical, const json_t *expect)
{
    char hash[EMU_HEX_SIZE];
    emu_sha256_hex(hash, canonical);
    assert_string_equal(hash, text_of(expect, "canonical_request_sha256"));
}

static void check_volcengine(const json_t *vector, const struct emu_request *request)
{
    const json_t *expect = json_object_get(vector, "expect");
    const json_t *input = json_object_get(vector, "input");
    ens_str scope = str_of(expect, "credential_scope");
    ens_str canonical = emu_volcengine_canonical(request, str_of(expect, "signed_headers"));
    assert_string_equal(canonical.ptr, text_of(expect, "canonical_request"));
    check_hash(canonical, expect);
    ens_str to_sign =
        emu_volcengine_string_to_sign(request->arena, canonical, str_of(input, "x_date"), scope);
    assert_string_equal(to_sign.ptr, text_of(expect, "string_to_sign"));
    char signature[EMU_HEX_SIZE];
    emu_volcengine_signature(signature, str_of(input, "secret_access_key"), scope, to_sign);
    assert_string_equal(signature, text_of(expect, "signature"));
}

static void check_alibaba(const json_t *vector, const struct emu_request *request)
{
    const json_t *expect = json_object_get(vector, "expect");
    const json_t *input = json_object_get(vector, "input");
    ens_str canonical = emu_alibaba_canonical(request, str_of(expect, "signed_headers"));
    assert_string_equal(canonical.ptr, text_of(expect, "canonical_request"));
    check_hash(canonical, expect);
    ens_str to_sign = emu_alibaba_string_to_sign(request->arena, canonical);
    assert_string_equal(to_sign.ptr, text_of(expect, "string_to_sign"));
    char signature[EMU_HEX_SIZE];
    emu_alibaba_signature(signature, str_of(input, "access_key_secret"), to_sign);
    assert_string_equal(signature, text_of(expect, "signature"));
}

static void check_baidu(const json_t *vector, const struct emu_request *request)
{
    const json_t *expect = json_object_get(vector, "expect");
    const json_t *input = json_object_get(vector, "input");
    ens_str prefix = str_of(expect, "auth_string_prefix");
    ens_str secret = str_of(input, "secret_access_key");
    ens_str canonical = emu_baidu_canonical(request, str_of(expect, "signed_headers"));
    assert_string_equal(canonical.ptr, text_of(expect, "canonical_request"));
    char hex[EMU_HEX_SIZE];
    emu_hmac_hex(hex, secret, prefix);
    assert_string_equal(hex, text_of(expect, "signing_key"));
    emu_baidu_signature(hex, secret, prefix, canonical);
    assert_string_equal(hex, text_of(expect, "signature"));
}

static const struct scheme {
    enum emu_cloud cloud;
    const char *vectors;
    void (*check)(const json_t *vector, const struct emu_request *request);
    emu_verify_fn verify;
    const char *mismatch_code;
    const char *unknown_key_code;
    const char *too_old_code;
    const char *future_code;
    const char *bad_token_code;
} schemes[EMU_CLOUDS] = {
    {EMU_VOLCENGINE, "volcengine", check_volcengine, emu_volcengine_verify, "SignatureDoesNotMatch",
     "InvalidAccessKey", "InvalidTimestamp", "InvalidTimestamp", "InvalidSecretToken"},
    {EMU_ALIBABA, "alibaba-v3", check_alibaba, emu_alibaba_verify, "SignatureDoesNotMatch",
     "InvalidAccessKeyId.NotFound", "InvalidTimeStamp.Expired", "InvalidTimeStamp.Expired",
     "InvalidSecurityToken.MismatchWithAccessKey"},
    {EMU_BAIDU, "baidu", check_baidu, emu_baidu_verify, "SignatureDoesNotMatch",
     "InvalidAccessKeyId", "RequestTimeTooSkewed", "RequestTimeTooSkewed", "InvalidAccessKeyId"},
};

/* SignatureVersion 1.0 signs parameters: the string to sign and the signature of each vector. */
static void alibaba_version_one_matches(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof(path), "%s/golden/vectors/alibaba-v1.json", ENS_TESTS_DIR);
    json_t *document = json_load_file(path, 0, NULL);
    size_t index = 0;
    json_t *vector = NULL;
    json_array_foreach(json_object_get(document, "vectors"), index, vector)
    {
        const json_t *input = json_object_get(vector, "input");
        const json_t *expect = json_object_get(vector, "expect");
        struct emu_request request;
        emu_request_init(&request, "/");
        emu_request_method(&request, text_of(input, "method"));
        struct emu_fields params = {.arena = request.arena};
        size_t at = 0;
        json_t *pair = NULL;
        json_array_foreach(json_object_get(input, "params"), at, pair)
        {
            emu_fields_add(&params, ens_str_of(json_string_value(json_array_get(pair, 0))),
                           ens_str_of(json_string_value(json_array_get(pair, 1))));
        }
        ens_str text = emu_alibaba_v1_string_to_sign(&request, &params);
        assert_string_equal(text.ptr, text_of(expect, "string_to_sign"));
        char signature[EMU_SHA1_BASE64_SIZE];
        emu_alibaba_v1_signature(signature, request.arena, str_of(input, "access_key_secret"),
                                 text);
        assert_string_equal(signature, text_of(expect, "signature"));
        emu_request_done(&request);
    }
    assert_int_equal(index, 7);
    json_decref(document);
}

struct fixture {
    struct emu_request request;
    struct emu_world world;
    struct emu_verdict verdict;
};

static void fixture_init(struct fixture *fixture, const struct scheme *scheme, const json_t *vector)
{
    build_request(vector, &fixture->request);
    build_world(vector, scheme->cloud, &fixture->world);
    fixture->request.wall_ms = time_of(vector) * 1000;
    fixture->verdict = (struct emu_verdict){0};
}

static void fixture_done(struct fixture *fixture)
{
    emu_request_done(&fixture->request);
    emu_world_done(&fixture->world);
}

/* Vectors of other services have a valid signature, but are refused because they are not for ECS.
 */
static bool is_other_service(const json_t *vector)
{
    const char *service = text_of(json_object_get(vector, "input"), "service");
    return service[0] != '\0' && strcmp(service, "ecs") != 0;
}

static void each_vector_agrees_in_every_stage(void **state)
{
    (void)state;
    for (size_t s = 0; s < EMU_CLOUDS; s++) {
        json_t *document = load_vectors(schemes[s].vectors);
        size_t index = 0;
        json_t *vector = NULL;
        json_array_foreach(json_object_get(document, "vectors"), index, vector)
        {
            struct fixture fixture;
            fixture_init(&fixture, &schemes[s], vector);
            schemes[s].check(vector, &fixture.request);
            fixture_done(&fixture);
        }
        json_decref(document);
    }
}

static void each_vector_is_accepted_as_a_whole(void **state)
{
    (void)state;
    for (size_t s = 0; s < EMU_CLOUDS; s++) {
        json_t *document = load_vectors(schemes[s].vectors);
        size_t index = 0;
        json_t *vector = NULL;
        json_array_foreach(json_object_get(document, "vectors"), index, vector)
        {
            struct fixture fixture;
            fixture_init(&fixture, &schemes[s], vector);
            schemes[s].verify(&fixture.request, &fixture.world, &fixture.verdict);
            if (is_other_service(vector)) {
                assert_string_equal(fixture.verdict.code, "ServiceNotFound");
            } else {
                assert_null(fixture.verdict.code);
                assert_ptr_equal(fixture.verdict.key, &fixture.world.keys[0]);
            }
            fixture_done(&fixture);
        }
        json_decref(document);
    }
}

enum tamper {
    TAMPER_SECRET,
    TAMPER_KEY,
    TAMPER_PARAMETER,
    TAMPER_METHOD,
    TAMPER_SIGNATURE,
    TAMPER_TIME_BACK,
    TAMPER_TIME_FORWARD,
    TAMPER_TOKEN,
    TAMPERS
};

/* Changes the last digit. */
static void corrupt_signature(struct emu_request *request)
{
    for (size_t i = 0; i < request->headers.count; i++) {
        struct ens_pair *header = &request->headers.items[i];
        if (ens_str_is(header->name, "authorization")) {
            size_t kept = header->value.len - 1;
            header->value = ens_arena_printf(request->arena, "%.*s%c", (int)kept, header->value.ptr,
                                             header->value.ptr[kept] == '0' ? '1' : '0');
        }
    }
}

/* Changes one part of the request; returns the expected error code. */
static const char *tamper(const struct scheme *scheme, struct fixture *fixture, enum tamper what)
{
    struct emu_request *request = &fixture->request;
    struct emu_key *key = &fixture->world.keys[0];
    switch (what) {
    case TAMPER_SECRET:
        key->secret_key = ENS_STR("another");
        break;
    case TAMPER_KEY:
        key->access_key = ENS_STR("another");
        return scheme->unknown_key_code;
    case TAMPER_PARAMETER:
        emu_fields_add(&request->params, ENS_STR("Extra"), ENS_STR("1"));
        break;
    case TAMPER_METHOD:
        emu_request_method(request, "DELETE");
        break;
    case TAMPER_SIGNATURE:
        corrupt_signature(request);
        break;
    case TAMPER_TIME_BACK:
        request->wall_ms += (EMU_CLOCK_WINDOW_S + 1) * 1000LL;
        return scheme->too_old_code;
    case TAMPER_TIME_FORWARD:
        request->wall_ms -= (EMU_CLOCK_WINDOW_S + 1) * 1000LL;
        return scheme->future_code;
    case TAMPER_TOKEN:
        emu_request_header(request,
                           scheme->cloud == EMU_VOLCENGINE ? "X-Security-Token"
                           : scheme->cloud == EMU_ALIBABA  ? "x-acs-security-token"
                                                           : "x-bce-security-token",
                           "stolen");
        return scheme->bad_token_code;
    case TAMPERS:
        break;
    }
    return scheme->mismatch_code;
}

static void tampering_is_refused(void **state)
{
    (void)state;
    for (size_t s = 0; s < EMU_CLOUDS; s++) {
        json_t *document = load_vectors(schemes[s].vectors);
        const json_t *vector = json_array_get(json_object_get(document, "vectors"), 0);
        for (int what = 0; what < TAMPERS; what++) {
            struct fixture fixture;
            fixture_init(&fixture, &schemes[s], vector);
            const char *expected = tamper(&schemes[s], &fixture, (enum tamper)what);
            schemes[s].verify(&fixture.request, &fixture.world, &fixture.verdict);
            assert_non_null(fixture.verdict.code);
            assert_string_equal(fixture.verdict.code, expected);
            fixture_done(&fixture);
        }
        json_decref(document);
    }
}

/* A clock that is off by exactly the window is accepted. */
static void the_window_is_inclusive(void **state)
{
    (void)state;
    for (size_t s = 0; s < EMU_CLOUDS; s++) {
        json_t *document = load_vectors(schemes[s].vectors);
        const json_t *vector = json_array_get(json_object_get(document, "vectors"), 0);
        for (int sign = -1; sign <= 1; sign += 2) {
            struct fixture fixture;
            fixture_init(&fixture, &schemes[s], vector);
            fixture.request.wall_ms += 1000LL * sign * EMU_CLOCK_WINDOW_S;
            schemes[s].verify(&fixture.request, &fixture.world, &fixture.verdict);
            assert_null(fixture.verdict.code);
            fixture_done(&fixture);
        }
        json_decref(document);
    }
}

static void broken_headers_are_refused(void **state)
{
    static const struct {
        enum emu_cloud cloud;
        const char *authorization, *code;
    } rows[] = {
        {EMU_VOLCENGINE, "", "MissingAuthenticationToken"},
        {EMU_VOLCENGINE, "HMAC-SHA256 Credential=AK/20260901/r/ecs/request, SignedHeaders=host",
         "MissingSignature"},
        {EMU_VOLCENGINE, "Bearer x, Signature=00", "InvalidAuthorization"},
        {EMU_VOLCENGINE, "HMAC-SHA256 Credential=AK/20260901/r/ecs, SignedHeaders=a, Signature=0",
         "InvalidCredential"},
        {EMU_VOLCENGINE,
         "HMAC-SHA256 Credential=AK/20260901/r/ecs/request/more, SignedHeaders=a, Signature=0",
         "InvalidCredential"},
        {EMU_VOLCENGINE,
         "HMAC-SHA256 Credential=AK/20260901/a-region-with-a-name-of-33-letter/ecs/request, "
         "SignedHeaders=a, Signature=0",
         "InvalidCredential"},
        {EMU_VOLCENGINE,
         "HMAC-SHA256 Credential=AK/20260901/a-region-with-a-name-of-32-lette/ecs/request, "
         "SignedHeaders=a, Signature=0",
         "InvalidAccessKey"},
        {EMU_BAIDU, "", "AccessDenied"},
        {EMU_BAIDU, "bce-auth-v1/a/b", "InvalidHTTPAuthHeader"},
        {EMU_BAIDU, "bce-auth-v2/a/2026-09-01T08:09:10Z/1800/host/00", "InvalidHTTPAuthHeader"},
        {EMU_BAIDU, "bce-auth-v1/a/2026-09-01T08:09:10Z/1800/host/00/more",
         "InvalidHTTPAuthHeader"},
        {EMU_ALIBABA, "", "MissingAction"},
    };
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct emu_request request;
        struct emu_world world;
        struct emu_verdict verdict;
        emu_world_init(&world);
        emu_request_init(&request, "/");
        emu_request_method(&request, "GET");
        emu_request_header(&request, "Authorization", rows[i].authorization);
        schemes[rows[i].cloud].verify(&request, &world, &verdict);
        assert_non_null(verdict.code);
        assert_string_equal(verdict.code, rows[i].code);
        emu_request_done(&request);
        emu_world_done(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alibaba_version_one_matches),
        cmocka_unit_test(each_vector_agrees_in_every_stage),
        cmocka_unit_test(each_vector_is_accepted_as_a_whole),
        cmocka_unit_test(tampering_is_refused),
        cmocka_unit_test(the_window_is_inclusive),
        cmocka_unit_test(broken_headers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
