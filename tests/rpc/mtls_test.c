/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that other TLS implementations must accept, and those that must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"
#include "rpc/mtls.h"

static X509 *parse(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);

    (void)BIO_free(bio);
    assert_non_null(certificate);
    return certificate;
}

/* Go's requirements for a server certificate. */
static void test_certificate(void **state)
{
    ENS_AUTO_MTLS mtls = {0};

    (void)state;
    assert_int_equal(ens_mtls_new(&mtls, NULL), ENS_OK);
    X509 *certificate = parse(mtls.certificate_pem);
    assert_int_equal(X509_check_host(certificate, "localhost", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(certificate, "example.com", 0, 0, NULL), 0);
    assert_int_equal(X509_get_version(certificate), X509_VERSION_3);
    assert_int_equal(X509_get_extended_key_usage(certificate), XKU_SSL_SERVER | XKU_SSL_CLIENT);
    assert_true((X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) != 0);
    assert_int_equal(X509_self_signed(certificate, 1), 1);

    /* Valid also if the host's clock is an hour behind, and for processes that run for years. */
    const ASN1_TIME *before = X509_get0_notBefore(certificate);
    const ASN1_TIME *after = X509_get0_notAfter(certificate);
    ASN1_TIME *hour_ago = X509_gmtime_adj(NULL, -3600);
    ASN1_TIME *in_years = X509_gmtime_adj(NULL, 5L * 365 * 24 * 3600);
    assert_int_equal(ASN1_TIME_compare(before, hour_ago), -1);
    assert_int_equal(ASN1_TIME_compare(after, in_years), 1);
    ASN1_TIME_free(hour_ago);
    ASN1_TIME_free(in_years);
    X509_free(certificate);

    BIO *bio = BIO_new_mem_buf(mtls.key_pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    assert_non_null(key);
    assert_int_equal(EVP_PKEY_get_bits(key), 256);
    EVP_PKEY_free(key);
    (void)BIO_free(bio);
}

static void test_each_is_its_own(void **state)
{
    ENS_AUTO_MTLS a = {0};
    ENS_AUTO_MTLS b = {0};

    (void)state;
    assert_int_equal(ens_mtls_new(&a, NULL), ENS_OK);
    assert_int_equal(ens_mtls_new(&b, NULL), ENS_OK);
    assert_string_not_equal(a.key_pem, b.key_pem);
    X509 *certificate_a = parse(a.certificate_pem);
    X509 *certificate_b = parse(b.certificate_pem);
    assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(certificate_a),
                                          X509_get0_serialNumber(certificate_b)),
                         0);
    X509_free(certificate_a);
    X509_free(certificate_b);
}

static void test_base64_round_trip(void **state)
{
    (void)state;
    /* Lengths vary with the signature, so that every base64 padding occurs. */
    for (int i = 0; i < 24; i++) {
        ENS_AUTO_MTLS mtls = {0};
        ENS_CLEANUP(ens_free_char) char *pem = NULL;
        assert_int_equal(ens_mtls_new(&mtls, NULL), ENS_OK);
        assert_null(strpbrk(mtls.certificate_base64, "=\n-_"));
        assert_int_equal(ens_certificate_decode(ens_str_of(mtls.certificate_base64), &pem, NULL),
                         ENS_OK);
        assert_string_equal(pem, mtls.certificate_pem);
    }
}

static void test_decode_refuses(void **state)
{
    ENS_AUTO_MTLS mtls = {0};
    static char long_text[ENS_CERTIFICATE_MAX + 1];

    (void)state;
    assert_int_equal(ens_mtls_new(&mtls, NULL), ENS_OK);
    ens_str whole = ens_str_of(mtls.certificate_base64);
    memset(long_text, 'A', sizeof(long_text));
    ENS_CLEANUP(ens_free_char) char *extended = ens_alloc(whole.len + 9);
    memcpy(extended, whole.ptr, whole.len / 4 * 4);
    memcpy(extended + whole.len / 4 * 4, "AAAAAAAA", 8);
    const struct {
        ens_str text;
        ens_rc rc;
    } rows[] = {
        {{NULL, 0}, ENS_MALFORMED},
        {ENS_STR(""), ENS_MALFORMED},
        {ENS_STR("A"), ENS_MALFORMED},
        {ENS_STR("AAAA"), ENS_MALFORMED},
        {ENS_STR("not base64 at all!"), ENS_MALFORMED},
        {{whole.ptr, whole.len / 2}, ENS_MALFORMED},
        {ens_str_of(extended), ENS_MALFORMED},
        {{long_text, ENS_CERTIFICATE_MAX}, ENS_MALFORMED},
        {{long_text, ENS_CERTIFICATE_MAX + 1}, ENS_LIMIT},
    };
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        char *pem = NULL;
        assert_int_equal(ens_certificate_decode(rows[i].text, &pem, &diags), rows[i].rc);
        assert_null(pem);
        assert_int_equal(diags.count, 1);
    }
}

static void test_check(void **state)
{
    ENS_AUTO_MTLS mtls = {0};
    static char long_text[ENS_CERTIFICATE_MAX + 2];

    (void)state;
    assert_int_equal(ens_mtls_new(&mtls, NULL), ENS_OK);
    memset(long_text, 'A', sizeof(long_text) - 1);
    const struct {
        const char *pem;
        ens_rc rc;
    } rows[] = {
        {mtls.certificate_pem, ENS_OK},
        {mtls.key_pem, ENS_MALFORMED},
        {"", ENS_MALFORMED},
        {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", ENS_MALFORMED},
        {long_text + 1, ENS_MALFORMED},
        {long_text, ENS_LIMIT},
    };
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        ENS_AUTO_DIAGS diags = {0};
        assert_int_equal(ens_certificate_check(rows[i].pem, "PLUGIN_CLIENT_CERT", &diags),
                         rows[i].rc);
        assert_int_equal(diags.count, rows[i].rc == ENS_OK ? 0 : 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_each_is_its_own),
        cmocka_unit_test(test_base64_round_trip),
        cmocka_unit_test(test_decode_refuses),
        cmocka_unit_test(test_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
