/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/digest.h"
#include "kit/text.h"
#include "support/exact_memory.h"

static struct exact_memory exact;

static int setup(void **state)
{
    (void)state;
    exact_memory_init(&exact);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    exact_memory_done(&exact);
    return 0;
}

static void assert_text(ens_str actual, const char *expected)
{
    assert_int_equal(actual.len, strlen(expected));
    assert_true(actual.len == 0 || memcmp(actual.ptr, expected, actual.len) == 0);
}

static void test_compare(void **state)
{
    (void)state;
    assert_int_equal(kit_compare(KIT_STR(""), (ens_str){NULL, 0}), 0);
    assert_true(kit_compare(KIT_STR("a.1"), KIT_STR("a.10")) < 0);
    assert_true(kit_compare(KIT_STR("a.10"), KIT_STR("a.2")) < 0);
    assert_true(kit_compare(KIT_STR("\xff"), KIT_STR("a")) > 0);
    assert_true(kit_is(KIT_STR("ab"), "ab"));
    assert_false(kit_is(KIT_STR("ab"), "abc"));
    assert_true(kit_starts(KIT_STR("x-acs-date"), "x-acs-"));
    assert_false(kit_starts(KIT_STR("x-acs"), "x-acs-"));
}

static void test_trim(void **state)
{
    (void)state;
    assert_text(kit_trim(KIT_STR(" \t a b\r\n")), "a b");
    assert_text(kit_trim(KIT_STR(" \n ")), "");
    assert_text(kit_trim((ens_str){NULL, 0}), "");
}

static void test_numbered(void **state)
{
    (void)state;
    assert_text(kit_numbered(&exact.memory, "Id.", 0), "Id.0");
    assert_text(kit_numbered(&exact.memory, "Id.", 9), "Id.9");
    assert_text(kit_numbered(&exact.memory, "Id.", 100), "Id.100");
    assert_text(kit_numbered(&exact.memory, "", UINT64_MAX), "18446744073709551615");
}

static void test_number(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } rows[] = {
        {"0", 0},
        {"1500", 1500},
        {"999999999999999", 999999999999999},
        {"1000000000000000", -1},
        {"", -1},
        {"-1", -1},
        {"1.5", -1},
        {" 1", -1},
        {"1 ", -1},
        {"0x1", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(kit_number(kit_str(rows[i].text)), rows[i].value);
    }
}

static void test_encode(void **state)
{
    static const struct {
        const char *text;
        bool keep_slash;
        const char *encoded;
    } rows[] = {
        {"", false, ""},
        {"AZaz09-_.~", false, "AZaz09-_.~"},
        {"a b+c*d", false, "a%20b%2Bc%2Ad"},
        {"%20", false, "%2520"},
        {"/v2/a b", true, "/v2/a%20b"},
        {"/v2", false, "%2Fv2"},
        {"\xe6\xb5\x8b\x7f", false, "%E6%B5%8B%7F"},
        {"!'()=&?#:;,@", false, "%21%27%28%29%3D%26%3F%23%3A%3B%2C%40"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_text(kit_encode(&exact.memory, kit_str(rows[i].text), rows[i].keep_slash),
                    rows[i].encoded);
    }
    assert_text(kit_encode(&exact.memory, (ens_str){"\0", 1}, true), "%00");
}

static void test_growing(void **state)
{
    struct kit_text text = kit_text_new(&exact.memory);

    (void)state;
    assert_text(kit_text_done(&text), "");
    for (size_t i = 0; i < 1000; i++) {
        kit_text_add(&text, KIT_STR("0123456"));
        kit_text_add_encoded(&text, KIT_STR("/"), false);
    }
    ens_str done = kit_text_done(&text);
    assert_int_equal(done.len, 10000);
    for (size_t i = 0; i < 1000; i++) {
        assert_memory_equal(done.ptr + 10 * i, "0123456%2F", 10);
    }
}

static void test_making(void **state)
{
    const uint8_t bytes[] = {0x00, 0x7f, 0xab};

    (void)state;
    assert_text(KIT_CONCAT(&exact.memory, KIT_STR("a"), KIT_STR(""), KIT_STR("bc")), "abc");
    assert_text(KIT_CONCAT(&exact.memory, (ens_str){NULL, 0}), "");
    assert_text(kit_copy(&exact.memory, KIT_STR("copy")), "copy");
    assert_text(kit_hex(&exact.memory, bytes, 3), "007fab");
    assert_text(kit_format(&exact.memory, "%s[%zu]", "a", (size_t)7), "a[7]");
    assert_text(kit_format(&exact.memory, "%s", ""), "");
}

/* The HMAC with a key of count bytes 0xaa. */
static void assert_hmac_of_aa(size_t count, const char *data, const char *hex)
{
    char key[131];

    memset(key, 0xaa, sizeof(key));
    const struct kit_digest digest = kit_hmac((ens_str){key, count}, kit_str(data));
    assert_text(kit_digest_hex(&exact.memory, &digest), hex);
}

/* RFC 4231 (test cases 2 and 6) and FIPS 180-4 examples; keys of a block, and of one byte more. */
static void test_digests(void **state)
{
    (void)state;
    assert_text(kit_sha256_hex(&exact.memory, KIT_STR("abc")),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_text(kit_sha256_hex(&exact.memory, (ens_str){NULL, 0}),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    struct kit_digest digest = kit_hmac(KIT_STR("Jefe"), KIT_STR("what do ya want for nothing?"));
    assert_text(kit_digest_hex(&exact.memory, &digest),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    digest = kit_hmac((ens_str){NULL, 0}, (ens_str){NULL, 0});
    assert_text(kit_digest_hex(&exact.memory, &digest),
                "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    assert_hmac_of_aa(64, "x", "ce3c639dcb9d8baae5d44c3b8b5e233faab4d1860e07489af5c84f213998bd79");
    assert_hmac_of_aa(65, "x", "c2b9a0a013df029c7d812c5ac18388feef0194ee64fcc5f321d149c06137caa3");
    assert_hmac_of_aa(131, "Test Using Larger Than Block-Size Key - Hash Key First",
                      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    struct kit_digest same = digest;
    kit_hmac_chain(&digest, KIT_STR("x"));
    same = kit_hmac((ens_str){(const char *)same.bytes, KIT_DIGEST_SIZE}, KIT_STR("x"));
    assert_memory_equal(digest.bytes, same.bytes, KIT_DIGEST_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare), cmocka_unit_test(test_trim),
        cmocka_unit_test(test_number),  cmocka_unit_test(test_numbered),
        cmocka_unit_test(test_encode),  cmocka_unit_test(test_growing),
        cmocka_unit_test(test_making),  cmocka_unit_test(test_digests),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
