/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for the keys of one cloud: explicit settings first, then the provider's sources in
 * their order, and at last the role to assume with what was found. A source that the user named and
 * that fails ends the search; one without keys is noted and passed over.
 *
 * The search reads files itself. Where it needs a request sent or a command run, it stops and says
 * so; its owner does that and calls ens_search_step again. All texts live as long as the search,
 * whose memory is wiped when it is freed.
 */
#ifndef ENSURE_CREDENTIALS_SEARCH_H
#define ENSURE_CREDENTIALS_SEARCH_H

#include "base/diag.h"
#include "base/host.h"
#include "credentials/keys.h"
#include "credentials/settings.h"

#define ENS_SEARCH_STEPS_MAX 12u /* of one source */

struct ens_search;

struct ens_search_options {
    const struct ens_provider *provider;       /* borrowed */
    const struct ens_cloud_settings *settings; /* borrowed; keep the rules of settings_rules.h */
    const struct ens_environment *environment; /* borrowed */
    ens_str sts_endpoint;                      /* borrowed; empty: the provider's own */
    ens_str metadata_endpoint; /* borrowed; empty: the metadata service must not be asked */
    const char *no_metadata;   /* with an empty metadata_endpoint: why, in one clause */
    uint32_t only;             /* enum ens_source_kind: no other source; 0: all, in order */
};

/* What the search has come to. */
enum ens_search_state {
    ENS_SEARCH_SEND,   /* needs the reply to ens_search_request */
    ENS_SEARCH_RUN,    /* needs the output of ens_search_command */
    ENS_SEARCH_FOUND,  /* has ens_search_keys */
    ENS_SEARCH_NONE,   /* no source has keys; ens_search_error says what was looked at */
    ENS_SEARCH_FAILED, /* a source that was to be used has no keys; ens_search_error says why */
};

/* The outcome of what was needed. */
struct ens_search_event {
    enum ens_credentials_got got; /* NOTHING in the first call */
    ens_str text;
    const struct ens_http_reply *reply;
    ens_str error;
    int64_t now_unix_s; /* the server's, if the reply tells its time */
    int64_t now_ms;     /* monotonic */
};

struct ens_search *ens_search_new(const struct ens_search_options *options);
void ens_search_free(struct ens_search *search); /* may be NULL */

/* Goes on as far as possible. After FAILED by a reply (ens_search_answer) the same request may
 * be sent once more, and its reply be passed. */
enum ens_search_state ens_search_step(struct ens_search *search,
                                      const struct ens_search_event *event);

const struct ens_credentials_request *ens_search_request(const struct ens_search *search);
const ens_str *ens_search_command(const struct ens_search *search, size_t *ret_count);

/* With FOUND: a new reference, and the kind of the source (0: the settings). */
struct ens_keys *ens_search_keys(const struct ens_search *search);
uint32_t ens_search_source(const struct ens_search *search);

/* With NONE and FAILED: one clause without a secret. */
ens_str ens_search_error(const struct ens_search *search);
/* With FAILED: the source that was to be used, as far as it is known. */
ens_str ens_search_failed_source(const struct ens_search *search);
/* With FAILED: what the provider read in the last reply; NULL: it is not why. */
const struct ens_answer *ens_search_answer(const struct ens_search *search);
/* Whether the metadata service was probed and did not answer as one. */
bool ens_search_found_no_metadata(const struct ens_search *search);

/* What was looked at and had no keys, in order, one clause each. */
const ens_str *ens_search_looked_at(const struct ens_search *search, size_t *ret_count);

/* The errors, and warnings such as that of a profile file that others may read. */
const struct ens_diags *ens_search_diags(const struct ens_search *search);

#endif
