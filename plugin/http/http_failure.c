/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <openssl/x509_vfy.h>

#include "http/http_private.h"
#include "os/os_error.h"

/* ---- certificates ---- */

struct verify_row {
    long result;
    const char *words;
};

static const struct verify_row verify_rows[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "has expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "is not valid yet"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "is self-signed"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "is issued by an unknown authority"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "is issued by an unknown authority"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "is issued by an unknown authority"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "is issued by an unknown authority"},
    {X509_V_ERR_CERT_REVOKED, "is revoked"},
    /* The chain is good, so it must be the name; which of these it is depends on the libcurl. */
    {X509_V_OK, "is for another host"},
    {X509_V_ERR_UNSPECIFIED, "is for another host"},
    {X509_V_ERR_HOSTNAME_MISMATCH, "is for another host"},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, "is for another host"},
};

static void add_untrusted(const struct ens_failure *failure, struct ens_buf *out)
{
    for (size_t i = 0; i < ENS_COUNT(verify_rows); i++) {
        if (verify_rows[i].result == failure->verify_result) {
            ens_buf_addf(out, "the certificate of %.*s %s", ENS_STR_ARG(failure->host),
                         verify_rows[i].words);
            return;
        }
    }
    ens_buf_addf(out, "the certificate of %.*s can't be trusted (%s)", ENS_STR_ARG(failure->host),
                 failure->detail);
}

/* ---- connecting ---- */

/* libcurl's own. */
static const char *words_of(const struct ens_failure *failure)
{
    return failure->detail[0] != '\0' ? failure->detail : curl_easy_strerror(failure->code);
}

static void add_unconnected(const struct ens_failure *failure, struct ens_buf *out)
{
    char text[ENS_OS_ERROR_SIZE];

    if (failure->os_error == ECONNREFUSED) {
        ens_buf_addf(out, "connection refused by %.*s", ENS_STR_ARG(failure->authority));
    } else if (failure->os_error != 0) {
        ens_buf_addf(out, "could not connect to %.*s: %s", ENS_STR_ARG(failure->authority),
                     ens_os_error((int)failure->os_error, text));
    } else {
        ens_buf_addf(out, "could not connect to %.*s: %s", ENS_STR_ARG(failure->authority),
                     words_of(failure));
    }
}

static void add_timed_out(const struct ens_failure *failure, struct ens_buf *out)
{
    const char *what = failure->answered ? "no complete reply"
                       : failure->sent   ? "no answer"
                                         : "no connection";

    ens_buf_addf(out, "%s %s %.*s within ", what, failure->sent ? "from" : "to",
                 ENS_STR_ARG(failure->authority));
    if (failure->timeout_ms % 1000 == 0) {
        ens_buf_addf(out, "%lld s", (long long)(failure->timeout_ms / 1000));
    } else {
        ens_buf_addf(out, "%lld ms", (long long)failure->timeout_ms);
    }
}

/* ---- the rest ---- */

struct clause_row {
    CURLcode code;
    bool detail;        /* libcurl's own words follow */
    const char *before; /* the words before host[:port] ... */
    const char *after;  /* ... and after it; NULL: it is not named */
};

static const struct clause_row clause_rows[] = {
    {CURLE_COULDNT_RESOLVE_PROXY, false, "could not resolve the proxy that the environment names",
     NULL},
    {CURLE_PROXY, true, "the proxy that the environment names did not connect to ", ""},
    {CURLE_SSL_CONNECT_ERROR, true, "no TLS connection to ", ""},
    {CURLE_SSL_CACERT_BADFILE, true, "the list of trusted authorities can't be read", NULL},
    {CURLE_SEND_ERROR, false, "the connection to ", " was lost while sending"},
    {CURLE_RECV_ERROR, false, "the connection to ", " was lost before the reply was complete"},
    {CURLE_PARTIAL_FILE, false, "the connection to ", " was lost before the reply was complete"},
    {CURLE_GOT_NOTHING, false, "", " closed the connection without an answer"},
    {CURLE_URL_MALFORMAT, false, "the provider made a request that is not fit to be sent to ", ""},
    {CURLE_UNSUPPORTED_PROTOCOL, false, "the answer of ", " is not HTTP"},
    {CURLE_WEIRD_SERVER_REPLY, false, "the answer of ", " is not HTTP"},
};

static void add_other(const struct ens_failure *failure, struct ens_buf *out)
{
    for (size_t i = 0; i < ENS_COUNT(clause_rows); i++) {
        const struct clause_row *row = &clause_rows[i];
        if (row->code != failure->code) {
            continue;
        }
        ens_buf_add(out, ens_str_of(row->before));
        if (row->after != NULL) {
            ens_buf_addf(out, "%.*s%s", ENS_STR_ARG(failure->authority), row->after);
        }
        if (row->detail && failure->detail[0] != '\0') {
            ens_buf_addf(out, ": %s", failure->detail);
        }
        return;
    }
    ens_buf_addf(out, "talking to %.*s failed: %s", ENS_STR_ARG(failure->authority),
                 words_of(failure));
}

bool ens_failure_clause(const struct ens_failure *failure, struct ens_buf *out)
{
    /* libcurl has a hundred codes: those with words of their own are named here and above. */
    if (failure->code == CURLE_PEER_FAILED_VERIFICATION) {
        add_untrusted(failure, out);
    } else if (failure->code == CURLE_COULDNT_RESOLVE_HOST) {
        ens_buf_addf(out, "could not resolve host %.*s", ENS_STR_ARG(failure->host));
    } else if (failure->code == CURLE_COULDNT_CONNECT ||
               (failure->code == CURLE_RECV_ERROR && !failure->sent)) { /* a proxy said no */
        add_unconnected(failure, out);
    } else if (failure->code == CURLE_OPERATION_TIMEDOUT) {
        add_timed_out(failure, out);
    } else {
        add_other(failure, out);
    }
    return failure->code == CURLE_PEER_FAILED_VERIFICATION ||
           failure->code == CURLE_SSL_CACERT_BADFILE;
}
