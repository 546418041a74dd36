/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <openssl/x509_vfy.h>

#include "http/http_private.h"
#include "os/os_error.h"

/* ---- certificates ---- */

struct verify_row {
    long result;
    enum ens_transport_fault fault;
    const char *words;
};

static const struct verify_row verify_rows[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, ENS_FAULT_CERTIFICATE_TIME, "has expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID, ENS_FAULT_CERTIFICATE_TIME, "is not valid yet"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, ENS_FAULT_CERTIFICATE, "is self-signed"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, ENS_FAULT_AUTHORITY,
     "is issued by an unknown authority"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, ENS_FAULT_AUTHORITY,
     "is issued by an unknown authority"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, ENS_FAULT_AUTHORITY,
     "is issued by an unknown authority"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, ENS_FAULT_AUTHORITY,
     "is issued by an unknown authority"},
    {X509_V_ERR_CERT_REVOKED, ENS_FAULT_CERTIFICATE, "is revoked"},
    /* The chain is valid, so the host name does not match; the code depends on libcurl's version.
     */
    {X509_V_OK, ENS_FAULT_CERTIFICATE_HOST, "is for another host"},
    {X509_V_ERR_UNSPECIFIED, ENS_FAULT_CERTIFICATE_HOST, "is for another host"},
    {X509_V_ERR_HOSTNAME_MISMATCH, ENS_FAULT_CERTIFICATE_HOST, "is for another host"},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, ENS_FAULT_CERTIFICATE_HOST, "is for another host"},
};

/* The owner of the certificate: the host, or a proxy that is connected to over TLS. */
static ens_str certified(const struct ens_failure *failure)
{
    return failure->phase == ENS_PHASE_PROXY ? failure->proxy->address : failure->host;
}

static void add_issuer(const struct ens_failure *failure, struct ens_buf *out)
{
    if (failure->issuer[0] != '\0') {
        ens_buf_addf(out, " (%s)", failure->issuer);
    }
}

static enum ens_transport_fault add_untrusted(const struct ens_failure *failure,
                                              struct ens_buf *out)
{
    for (size_t i = 0; i < ENS_COUNT(verify_rows); i++) {
        const struct verify_row *row = &verify_rows[i];
        if (row->result != failure->verify_result) {
            continue;
        }
        ens_buf_addf(out, "the certificate of %.*s %s", ENS_STR_ARG(certified(failure)),
                     row->words);
        if (row->fault != ENS_FAULT_AUTHORITY) {
            return row->fault;
        }
        add_issuer(failure, out);
        return ens_trust_intercepts(ens_str_of(failure->issuer)) ? ENS_FAULT_INTERCEPTED
                                                                 : ENS_FAULT_AUTHORITY;
    }
    ens_buf_addf(out, "the certificate of %.*s can't be trusted (%s)",
                 ENS_STR_ARG(certified(failure)), failure->detail);
    return ENS_FAULT_CERTIFICATE;
}

/* ---- connecting ---- */

/* libcurl's error message. */
static const char *curl_message(const struct ens_failure *failure)
{
    return failure->detail[0] != '\0' ? failure->detail : curl_easy_strerror(failure->code);
}

static void add_unconnected(const struct ens_failure *failure, struct ens_buf *out)
{
    char text[ENS_OS_ERROR_SIZE];

    if (failure->os_error == ECONNREFUSED) {
        ens_buf_addf(out, "connection refused by %.*s", ENS_STR_ARG(failure->authority));
    } else {
        ens_buf_addf(out, "could not connect to %.*s: %s", ENS_STR_ARG(failure->authority),
                     failure->os_error != 0 ? ens_os_error((int)failure->os_error, text)
                                            : curl_message(failure));
    }
}

static void add_within(const struct ens_failure *failure, struct ens_buf *out)
{
    if (failure->timeout_ms % 1000 == 0) {
        ens_buf_addf(out, " within %lld s", (long long)(failure->timeout_ms / 1000));
    } else {
        ens_buf_addf(out, " within %lld ms", (long long)failure->timeout_ms);
    }
}

static void add_timed_out(const struct ens_failure *failure, struct ens_buf *out)
{
    const char *what = "no connection to ";

    switch (failure->phase) {
    case ENS_PHASE_LOOK_UP:
        ens_buf_addf(out, "the name look-up of %.*s had no answer", ENS_STR_ARG(failure->host));
        add_within(failure, out);
        return;
    case ENS_PHASE_TLS:
        what = "no TLS handshake with ";
        break;
    case ENS_PHASE_REPLY:
        what = failure->answered ? "no complete reply from " : "no answer from ";
        break;
    case ENS_PHASE_NONE:
    case ENS_PHASE_CONNECT:
    case ENS_PHASE_PROXY:
        break;
    }
    ens_buf_addf(out, "%s%.*s", what, ENS_STR_ARG(failure->authority));
    add_within(failure, out);
}

/* ---- the proxy ---- */

/* A failure before the proxy had connected to the host. */
static enum ens_transport_fault add_proxy(const struct ens_failure *failure, struct ens_buf *out)
{
    const struct ens_proxy *proxy = failure->proxy;
    char text[ENS_OS_ERROR_SIZE];

    if (proxy->address.len == 0) {
        ens_buf_addf(out, "the proxy in %s is not a host with a port", proxy->variable);
        return ENS_FAULT_PROXY;
    }
    ens_buf_addf(out, "the proxy %.*s (%s) ", ENS_STR_ARG(proxy->address), proxy->variable);
    if (failure->proxy_status == 407) {
        ens_buf_add(out, ENS_STR("wants a user name and a password (HTTP 407)"));
        return ENS_FAULT_PROXY_LOGIN;
    }
    if (failure->proxy_status == 403) {
        ens_buf_addf(out, "does not allow connections to %.*s (HTTP 403)",
                     ENS_STR_ARG(failure->authority));
        return ENS_FAULT_PROXY_FORBIDS;
    }
    if (failure->proxy_status >= 300) {
        ens_buf_addf(out, "did not connect to %.*s: HTTP %ld", ENS_STR_ARG(failure->authority),
                     failure->proxy_status);
    } else if (failure->code == CURLE_COULDNT_RESOLVE_PROXY) {
        ens_buf_add(out, ENS_STR("is unknown: its name could not be resolved"));
    } else if (failure->code == CURLE_OPERATION_TIMEDOUT) {
        ens_buf_addf(out, "did not connect to %.*s", ENS_STR_ARG(failure->authority));
        add_within(failure, out);
    } else if (failure->os_error == ECONNREFUSED) {
        ens_buf_add(out, ENS_STR("refused the connection"));
    } else if (failure->code == CURLE_COULDNT_CONNECT && failure->os_error != 0) {
        ens_buf_addf(out, "can't be reached: %s", ens_os_error((int)failure->os_error, text));
    } else {
        ens_buf_addf(out, "did not connect to %.*s: %s", ENS_STR_ARG(failure->authority),
                     curl_message(failure));
    }
    return ENS_FAULT_PROXY;
}

/* ---- other codes ---- */

struct clause_row {
    CURLcode code;
    bool detail;        /* libcurl's error message is appended */
    const char *before; /* text before host[:port] */
    const char *after;  /* text after it; NULL: host[:port] is left out */
};

static const struct clause_row clause_rows[] = {
    {CURLE_SSL_CONNECT_ERROR, true, "no TLS connection to ", ""},
    {CURLE_SSL_CACERT_BADFILE, true, "the list of trusted authorities can't be read", NULL},
    {CURLE_SEND_ERROR, false, "the connection to ", " was lost while sending"},
    {CURLE_RECV_ERROR, false, "the connection to ", " was lost before the reply was complete"},
    {CURLE_PARTIAL_FILE, false, "the connection to ", " was lost before the reply was complete"},
    {CURLE_GOT_NOTHING, false, "", " closed the connection without an answer"},
    {CURLE_URL_MALFORMAT, false, "the provider made an invalid request for ", ""},
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
    ens_buf_addf(out, "the request to %.*s failed: %s", ENS_STR_ARG(failure->authority),
                 curl_message(failure));
}

enum ens_transport_fault ens_failure_clause(const struct ens_failure *failure, struct ens_buf *out)
{
    /* libcurl has about a hundred codes; those without a text here or above get libcurl's message.
     */
    if (failure->code == CURLE_PEER_FAILED_VERIFICATION) {
        return add_untrusted(failure, out);
    }
    if (failure->code == CURLE_SSL_CACERT_BADFILE) {
        add_other(failure, out);
        return ENS_FAULT_TRUST_FILE;
    }
    if (failure->code == CURLE_URL_MALFORMAT &&
        (failure->proxy->url == NULL || failure->proxy->address.len > 0)) {
        add_other(failure, out);
        return ENS_FAULT_NONE;
    }
    if (failure->phase == ENS_PHASE_PROXY) {
        return add_proxy(failure, out);
    }
    if (failure->code == CURLE_COULDNT_RESOLVE_HOST) {
        ens_buf_addf(out, "could not resolve host %.*s", ENS_STR_ARG(failure->host));
    } else if (failure->code == CURLE_COULDNT_CONNECT) {
        add_unconnected(failure, out);
    } else if (failure->code == CURLE_OPERATION_TIMEDOUT) {
        add_timed_out(failure, out);
    } else {
        add_other(failure, out);
    }
    return ENS_FAULT_NETWORK;
}
