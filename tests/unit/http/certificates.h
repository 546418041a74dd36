/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that are generated at run time: an authority, and server certificates issued by it.
 */
#ifndef ENSURE_TESTS_CERTIFICATES_H
#define ENSURE_TESTS_CERTIFICATES_H

#include <openssl/ssl.h>

struct authority {
    EVP_PKEY *key;
    X509 *certificate;
};

struct authority authority_new(const char *name);
void authority_done(struct authority *authority);

/* Writes the authority's certificate to a file, for clients to trust. */
void authority_save(const struct authority *authority, const char *path);

struct server_certificate {
    const char *names; /* as in openssl.cnf: "IP:127.0.0.1,DNS:localhost" */
    long from_s;       /* from now; negative: in the past */
    long until_s;      /* from now */
    int self_signed;
};

/* A server context with a new key and the described certificate; freed by SSL_CTX_free. */
SSL_CTX *server_context(const struct authority *authority, const struct server_certificate *wanted);

#endif
