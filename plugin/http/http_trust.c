/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/ssl.h>
#include <unistd.h>

#include "base/rc.h"
#include "http/http_private.h"

/* The files of trusted authorities in common distributions. */
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

    /* The path compiled into a static libcurl, or one of another distribution, may not exist here.
     */
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

/* ---- issuers ---- */

/* Patterns of the issuer names that products for TLS inspection use; case-insensitive. */
static const char *const inspectors[] = {
    "*zscaler*",    "*netskope*",  "*blue coat*",   "*bluecoat*",    "*fortinet*",
    "*fortigate*",  "*palo alto*", "*umbrella*",    "*forcepoint*",  "*websense*",
    "*mcafee*",     "*skyhigh*",   "*sophos*",      "*check point*", "*checkpoint*",
    "*kaspersky*",  "*avast*",     "*bitdefender*", "*eset *",       "*mitmproxy*",
    "*charles*",    "*fiddler*",   "*portswigger*", "*gateway ca*",  "*squid*",
    "*barracuda*",  "*sonicwall*", "*watchguard*",  "*iboss*",       "*menlo*",
    "*sangfor*",    "*hillstone*", "*qianxin*",     "*cato net*",    "*cloudflare for teams*",
    "*inspection*", "*intercept*", "*proxy*",       "*firewall*",    "*decrypt*",
};

bool ens_trust_intercepts(ens_str issuer)
{
    for (size_t i = 0; i < ENS_COUNT(inspectors); i++) {
        if (ens_str_matches(issuer, ens_str_of(inspectors[i]))) {
            return true;
        }
    }
    return false;
}

/* Writes the issuer on one line; control characters are escaped (RFC 2253). */
static void keep_issuer(const X509 *certificate, char *issuer)
{
    BIO *text = BIO_new(BIO_s_mem());

    if (text != NULL && certificate != NULL &&
        X509_NAME_print_ex(text, X509_get_issuer_name(certificate), 0,
                           XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) > 0) {
        const int size = BIO_read(text, issuer, ENS_ISSUER_SIZE - 1);
        issuer[size < 0 ? 0 : size] = '\0';
    }
    BIO_free(text);
}

static int verify(X509_STORE_CTX *store, void *ud)
{
    const int good = X509_verify_cert(store);

    if (good != 1) {
        keep_issuer(X509_STORE_CTX_get_current_cert(store), ud);
    }
    return good;
}

static CURLcode on_tls(CURL *easy, void *context, void *ud)
{
    (void)easy;
    SSL_CTX_set_cert_verify_callback(context, verify, ud);
    /* A reused connection may outlive the transfer that ud belongs to, so the callback must not be
     * called again: forbid renegotiation. */
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    return CURLE_OK;
}

bool ens_trust_sees_issuers(void)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

    return curl->ssl_version != NULL &&
           ens_str_starts(ens_str_of(curl->ssl_version), ENS_STR("OpenSSL/3"));
}

void ens_trust_watch(CURL *easy, char *issuer)
{
    (void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, issuer);
}
