/* SPDX-License-Identifier: Apache-2.0 */
#include "certificates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#define DAY_S ((long)24 * 3600)

static X509 *certificate_new(EVP_PKEY *key, const char *name, long from_s, long until_s)
{
    X509 *certificate = X509_new();
    X509_NAME *subject = X509_NAME_new();
    unsigned char serial[8];

    assert_non_null(certificate);
    assert_int_equal(X509_set_version(certificate, X509_VERSION_3), 1);
    assert_int_equal(RAND_bytes(serial, sizeof(serial)), 1);
    BIGNUM *number = BN_bin2bn(serial, sizeof(serial), NULL);
    assert_non_null(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)));
    BN_free(number);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), from_s));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), until_s));
    assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                                (const unsigned char *)name, -1, -1, 0),
                     1);
    assert_int_equal(X509_set_subject_name(certificate, subject), 1);
    assert_int_equal(X509_set_issuer_name(certificate, subject), 1);
    X509_NAME_free(subject);
    assert_int_equal(X509_set_pubkey(certificate, key), 1);
    return certificate;
}

static void extend(X509 *certificate, X509 *issuer, int kind, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

struct authority authority_new(const char *name)
{
    struct authority authority = {.key = EVP_EC_gen("P-256")};

    assert_non_null(authority.key);
    authority.certificate = certificate_new(authority.key, name, -30 * DAY_S, 30 * DAY_S);
    extend(authority.certificate, authority.certificate, NID_basic_constraints, "critical,CA:TRUE");
    extend(authority.certificate, authority.certificate, NID_key_usage, "critical,keyCertSign");
    extend(authority.certificate, authority.certificate, NID_subject_key_identifier, "hash");
    assert_int_not_equal(X509_sign(authority.certificate, authority.key, EVP_sha256()), 0);
    return authority;
}

void authority_done(struct authority *authority)
{
    EVP_PKEY_free(authority->key);
    X509_free(authority->certificate);
}

void authority_save(const struct authority *authority, const char *path)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, authority->certificate), 1);
    assert_int_equal(fclose(file), 0);
}

SSL_CTX *server_context(const struct authority *authority, const struct server_certificate *wanted)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    assert_non_null(key);
    assert_non_null(context);
    X509 *certificate = certificate_new(key, "server", wanted->from_s, wanted->until_s);
    if (!wanted->self_signed) {
        assert_int_equal(
            X509_set_issuer_name(certificate, X509_get_subject_name(authority->certificate)), 1);
    }
    extend(certificate, authority->certificate, NID_subject_alt_name, wanted->names);
    extend(certificate, authority->certificate, NID_ext_key_usage, "serverAuth");
    assert_int_not_equal(
        X509_sign(certificate, wanted->self_signed ? key : authority->key, EVP_sha256()), 0);
    assert_int_equal(SSL_CTX_use_certificate(context, certificate), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}
