/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/rc.h"
#include "http/http_private.h"

/* Where distributions keep the authorities they trust. */
static const char *const usual[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Alpine, Arch */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* newer Fedora, RHEL */
    "/etc/ssl/ca-bundle.pem",                            /* SUSE */
    "/etc/ssl/cert.pem",                                 /* Alpine, BSD */
};

const char *ens_trust_default(void)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

    /* A libcurl from another distribution, or a static one, may look where nothing is. */
    if (curl->cainfo == NULL || access(curl->cainfo, R_OK) == 0) {
        return NULL;
    }
    for (size_t i = 0; i < ENS_COUNT(usual); i++) {
        if (access(usual[i], R_OK) == 0) {
            return usual[i];
        }
    }
    return NULL;
}
