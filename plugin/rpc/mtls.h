/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates for mutual TLS: plugin and host each make a key and a certificate per process,
 * exchange the certificates in the handshake, and accept only the other's.
 */
#ifndef ENSURE_RPC_MTLS_H
#define ENSURE_RPC_MTLS_H

#include "base/diag.h"
#include "base/str.h"

#define ENS_CERTIFICATE_MAX ((size_t)64 * 1024) /* bytes of one, as PEM or base64 */

/* A P-256 key and a self-signed certificate for "localhost", for server and client. It is
 * back-dated, since hosts refuse one that is not yet valid by their clock. */
struct ens_mtls {
    char *key_pem; /* wiped by ens_mtls_done */
    char *certificate_pem;
    char *certificate_base64; /* of the DER form, without padding, for the handshake */
};

ens_rc ens_mtls_new(struct ens_mtls *ret, struct ens_diags *diags) ENS_MUST_USE;
void ens_mtls_done(struct ens_mtls *mtls);
#define ENS_AUTO_MTLS ENS_CLEANUP(ens_mtls_done) struct ens_mtls

/* Whether the text is one certificate in PEM; where names its source in the diagnostic. */
ens_rc ens_certificate_check(const char *pem, const char *where,
                             struct ens_diags *diags) ENS_MUST_USE;

/* The PEM form of a handshake's certificate. The caller frees it with ens_free. */
ens_rc ens_certificate_decode(ens_str base64, char **ret_pem, struct ens_diags *diags) ENS_MUST_USE;

#endif
