/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/mtls.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"

#define BACK_DATED_S (24L * 3600)
#define VALID_S      (30L * 365 * 24 * 3600) /* as in go-plugin: a process may run for long */
#define SERIAL_BITS  128

static void key_free(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void certificate_free(X509 **certificate)
{
    X509_free(*certificate);
}

static void bio_free(BIO **bio)
{
    (void)BIO_free(*bio);
}

#define AUTO_KEY         ENS_CLEANUP(key_free) EVP_PKEY
#define AUTO_CERTIFICATE ENS_CLEANUP(certificate_free) X509
#define AUTO_BIO         ENS_CLEANUP(bio_free) BIO

static bool set_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    bool ok = number != NULL &&
              BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;

    BN_free(number);
    return ok;
}

static bool set_names(X509 *certificate)
{
    X509_NAME *name = X509_get_subject_name(certificate);

    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"Ensure", -1,
                                      -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost",
                                      -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1;
}

static bool set_extensions(X509 *certificate)
{
    /* Go checks the subject alternative name only, and requires serverAuth in the extended
     * usage. */
    static const struct {
        int nid;
        const char *value;
    } extensions[] = {
        {NID_basic_constraints, "critical,CA:TRUE"},
        {NID_key_usage, "critical,digitalSignature,keyAgreement,keyCertSign"},
        {NID_ext_key_usage, "serverAuth,clientAuth"},
        {NID_subject_alt_name, "DNS:localhost"},
    };
    X509V3_CTX context;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    for (size_t i = 0; i < ENS_COUNT(extensions); i++) {
        X509_EXTENSION *extension =
            X509V3_EXT_conf_nid(NULL, &context, extensions[i].nid, extensions[i].value);
        bool ok = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
        X509_EXTENSION_free(extension);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool sign(X509 *certificate, EVP_PKEY *key)
{
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
           set_names(certificate) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -BACK_DATED_S) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_S) != NULL &&
           X509_set_pubkey(certificate, key) == 1 && set_extensions(certificate) &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static char *bio_text(BIO *bio)
{
    char *bytes = NULL;
    long size = BIO_get_mem_data(bio, &bytes);
    char *text = ens_alloc((size_t)size + 1);

    memcpy(text, bytes, (size_t)size);
    return text;
}

static char *certificate_pem(X509 *certificate)
{
    AUTO_BIO *bio = BIO_new(BIO_s_mem());

    return bio != NULL && PEM_write_bio_X509(bio, certificate) == 1 ? bio_text(bio) : NULL;
}

static char *key_pem(EVP_PKEY *key)
{
    AUTO_BIO *bio = BIO_new(BIO_s_secmem());

    return bio != NULL && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1
               ? bio_text(bio)
               : NULL;
}

static char *certificate_base64(X509 *certificate)
{
    unsigned char *der = NULL;
    int size = i2d_X509(certificate, &der);

    if (size <= 0) {
        return NULL;
    }
    char *text = ens_alloc(((size_t)size + 2) / 3 * 4 + 1);
    int length = EVP_EncodeBlock((unsigned char *)text, der, size);
    OPENSSL_free(der);
    while (length > 0 && text[length - 1] == '=') {
        text[--length] = '\0';
    }
    return text;
}

ens_rc ens_mtls_new(struct ens_mtls *ret, struct ens_diags *diags)
{
    AUTO_KEY *key = EVP_EC_gen("P-256");
    AUTO_CERTIFICATE *certificate = X509_new();

    if (key == NULL || certificate == NULL || !sign(certificate, key)) {
        return ens_fail(diags, ENS_INTERNAL, NULL, "OpenSSL could not make a certificate");
    }
    struct ens_mtls mtls = {.key_pem = key_pem(key),
                            .certificate_pem = certificate_pem(certificate),
                            .certificate_base64 = certificate_base64(certificate)};
    if (mtls.key_pem == NULL || mtls.certificate_pem == NULL || mtls.certificate_base64 == NULL) {
        ens_mtls_done(&mtls);
        return ens_fail(diags, ENS_INTERNAL, NULL, "OpenSSL could not encode a certificate");
    }
    *ret = mtls;
    return ENS_OK;
}

void ens_mtls_done(struct ens_mtls *mtls)
{
    if (mtls->key_pem != NULL) {
        explicit_bzero(mtls->key_pem, strlen(mtls->key_pem));
    }
    ens_free(mtls->key_pem);
    ens_free(mtls->certificate_pem);
    ens_free(mtls->certificate_base64);
    *mtls = (struct ens_mtls){0};
}

ens_rc ens_certificate_check(const char *pem, const char *where, struct ens_diags *diags)
{
    size_t length = strnlen(pem, ENS_CERTIFICATE_MAX + 1);

    if (length > ENS_CERTIFICATE_MAX) {
        return ens_fail(diags, ENS_LIMIT, where, "a certificate is at most %zu bytes long",
                        ENS_CERTIFICATE_MAX);
    }
    AUTO_BIO *bio = BIO_new_mem_buf(pem, (int)length);
    AUTO_CERTIFICATE *certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
    if (certificate == NULL) {
        return ens_fail(diags, ENS_MALFORMED, where, "is no certificate in PEM");
    }
    return ENS_OK;
}

ens_rc ens_certificate_decode(ens_str base64, char **ret_pem, struct ens_diags *diags)
{
    static const char *const where = "the handshake's certificate";

    if (base64.len > ENS_CERTIFICATE_MAX) {
        return ens_fail(diags, ENS_LIMIT, where, "is longer than %zu bytes", ENS_CERTIFICATE_MAX);
    }
    if (base64.len == 0) {
        return ens_fail(diags, ENS_MALFORMED, where, "is missing");
    }
    size_t padding = (4 - base64.len % 4) % 4;
    size_t padded = base64.len + padding;
    char *text = ens_alloc(padded + 1);
    memset(text, '=', padded);
    memcpy(text, base64.ptr, base64.len);
    unsigned char *der = ens_alloc(padded / 4 * 3 + 1);
    int size = EVP_DecodeBlock(der, (const unsigned char *)text, (int)padded);
    const unsigned char *at = der;
    AUTO_CERTIFICATE *certificate =
        size <= (int)padding ? NULL : d2i_X509(NULL, &at, size - (int)padding);
    bool whole = certificate != NULL && at == der + size - padding;
    ens_free(text);
    ens_free(der);
    if (!whole) {
        return ens_fail(diags, ENS_MALFORMED, where, "is not the base64 form of one");
    }
    *ret_pem = certificate_pem(certificate);
    ENS_ASSERT(*ret_pem != NULL);
    return ENS_OK;
}
