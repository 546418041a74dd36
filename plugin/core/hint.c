/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hint.h"

#include "base/rc.h"

static const char *const advice[ENS_HINT_COUNT] = {
    [ENS_HINT_NONE] = "",
    [ENS_HINT_NETWORK] = "Check that this machine reaches the host that is named (name server, "
                         "route, firewall, HTTPS_PROXY); if it does, run it again with a longer "
                         "timeout.",
    [ENS_HINT_PROXY] = "Check the proxy that is named and the variable that names it; hosts that "
                       "are to be reached without it belong into NO_PROXY.",
    [ENS_HINT_PROXY_LOGIN] = "Put the proxy's user name and password into the variable that is "
                             "named, as http://USER:PASSWORD@HOST:PORT.",
    [ENS_HINT_PROXY_FORBIDS] = "Have the host allowed in the proxy, or reach it without the proxy "
                               "by naming it in NO_PROXY.",
    [ENS_HINT_AUTHORITY] = "If you trust the issuer that is named, set SSL_CERT_FILE (or "
                           "SSL_CERT_DIR) to a PEM file that holds its certificate beside the "
                           "usual ones; else something pretends to be the cloud.",
    [ENS_HINT_INTERCEPTED] = "A product that inspects TLS intercepts the connection, as its name "
                             "in the certificate shows: ask its operator for its root "
                             "certificate, and set SSL_CERT_FILE to a PEM file that holds it.",
    [ENS_HINT_CERTIFICATE_TIME] = "Check this machine's clock first; if it is right, check the "
                                  "endpoint and any proxy that inspects TLS.",
    [ENS_HINT_CERTIFICATE_HOST] =
        "Check the endpoint's host name, and any proxy or sign-in page of "
        "the network in between: the certificate shown is not the "
        "cloud's.",
    [ENS_HINT_CERTIFICATE] = "Check the endpoint, and any proxy that inspects TLS; a certificate "
                             "that you trust goes into the PEM file that SSL_CERT_FILE names.",
    [ENS_HINT_TRUST_FILE] = "Set SSL_CERT_FILE to a PEM file with the certificates of the "
                            "authorities to trust, or unset it to use the machine's own list.",
    [ENS_HINT_ENDPOINT] = "Correct the endpoint in the setting or variable that is named: https:// "
                          "and a host, with a port if need be.",
    [ENS_HINT_KEYS_MISSING] = "Set the keys that are named in the environment, in the settings, or "
                              "in the profile file of the cloud's command line.",
    [ENS_HINT_KEYS_UNUSABLE] = "Correct the keys in the place that is named: both keys of one "
                               "account, without blanks, quotes or line ends.",
    [ENS_HINT_KEYS_REFUSED] = "Check the role that is named, whom it trusts, and the token or keys "
                              "that it was asked for with.",
    [ENS_HINT_CLIENT_TOKEN] = "Make a new plan: the client token of this one can't be sent.",
    [ENS_HINT_NOT_THE_CLOUD] = "Check the endpoint and any proxy in between: the answer was not "
                               "the cloud's.",
    [ENS_HINT_STILL_BUSY] = "Run it again in a minute: the cloud is still busy with an earlier "
                            "request for this instance.",
    [ENS_HINT_NOT_STOPPED] =
        "An apply waits for that and starts it then; to have the start checked "
        "first, plan again once it has stopped.",
    [ENS_HINT_SELECTOR] = "Check the region and the conditions of the selector: the cloud does "
                          "not accept them.",
    [ENS_HINT_TOO_MANY] = "Narrow the selector by status, tags, name, zone or group, or set its "
                          "limit.",
    [ENS_HINT_NO_LISTS] = "Name the instances by their ids, or install a provider of this cloud "
                          "that lists instances.",
    [ENS_HINT_NO_REGION] = "Name the region as CLOUD/REGION, or set it for the cloud.",
};

const char *ens_hint_advice(enum ens_hint hint)
{
    ENS_ASSERT((unsigned)hint < ENS_HINT_COUNT);
    return advice[hint];
}

enum ens_hint ens_hint_of_fault(enum ens_transport_fault fault)
{
    switch (fault) {
    case ENS_FAULT_NONE:
        return ENS_HINT_NONE;
    case ENS_FAULT_NETWORK:
        return ENS_HINT_NETWORK;
    case ENS_FAULT_PROXY:
        return ENS_HINT_PROXY;
    case ENS_FAULT_PROXY_LOGIN:
        return ENS_HINT_PROXY_LOGIN;
    case ENS_FAULT_PROXY_FORBIDS:
        return ENS_HINT_PROXY_FORBIDS;
    case ENS_FAULT_AUTHORITY:
        return ENS_HINT_AUTHORITY;
    case ENS_FAULT_INTERCEPTED:
        return ENS_HINT_INTERCEPTED;
    case ENS_FAULT_CERTIFICATE_TIME:
        return ENS_HINT_CERTIFICATE_TIME;
    case ENS_FAULT_CERTIFICATE_HOST:
        return ENS_HINT_CERTIFICATE_HOST;
    case ENS_FAULT_CERTIFICATE:
        return ENS_HINT_CERTIFICATE;
    case ENS_FAULT_TRUST_FILE:
        return ENS_HINT_TRUST_FILE;
    }
    return ENS_HINT_NONE;
}

enum ens_hint ens_hint_of_phase(enum ens_transport_phase phase)
{
    switch (phase) {
    case ENS_PHASE_NONE:
        return ENS_HINT_NONE;
    case ENS_PHASE_PROXY:
        return ENS_HINT_PROXY;
    case ENS_PHASE_LOOK_UP:
    case ENS_PHASE_CONNECT:
    case ENS_PHASE_TLS:
    case ENS_PHASE_REPLY:
        return ENS_HINT_NETWORK;
    }
    return ENS_HINT_NONE;
}
