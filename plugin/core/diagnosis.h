/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnoses: what can be said about the keys of a cloud without a target. Which source gave them,
 * whom they belong to, and whether they may read. The document ensure.doctor/v1. Pure.
 */
#ifndef ENSURE_CORE_DIAGNOSIS_H
#define ENSURE_CORE_DIAGNOSIS_H

#include "base/buf.h"
#include "core/messages.h"
#include "core/policy.h"

#define ENS_DOCTOR_FORMAT "ensure.doctor/v1"
#define ENS_DIAGNOSES_MAX 100u /* in one request */

/* A difference of the clocks that is remarked on. */
#define ENS_SKEW_REMARKED_MS ((int64_t)60 * 1000)

/* ---- what is diagnosed ----------------------------------------------------------------------- */

/* A cloud, and a region of it. */
struct ens_place {
    ens_str cloud;
    ens_str region; /* empty: the default one */
};

/* Reads "CLOUD" or "CLOUD/REGION"; the parts point into text. where is for the diagnostic. */
ens_rc ens_place_parse(ens_str text, const char *where, struct ens_place *ret,
                       struct ens_diags *diags) ENS_MUST_USE;

/* ---- a diagnosis ----------------------------------------------------------------------------- */

enum ens_may_read {
    ENS_MAY_READ_UNKNOWN = 0,
    ENS_MAY_READ_YES = 1,
    ENS_MAY_READ_NO = 2,
};

/* "yes", "no", "unknown" */
const char *ens_may_read_name(enum ens_may_read may_read);
bool ens_may_read_parse(ens_str name, enum ens_may_read *ret);

struct ens_diagnosis {
    ens_str cloud;
    ens_str region;
    ens_str source;        /* of the keys, with file and role; of one that failed as far as it went;
                              empty: there is none */
    ens_str key_id_tail;   /* last characters of the access key id; empty: there are no keys */
    ens_str expires_at;    /* RFC 3339, UTC; empty: never, or not known */
    ens_str identity;      /* the caller as the cloud names it; empty: not known */
    ens_str endpoint;      /* scheme://host[:port] of the API; empty: it is malformed */
    int64_t clock_skew_ms; /* the server's clock minus ours; 0: none is seen, or no reply came */
    enum ens_may_read may_read;
    enum ens_reason reason;
    ens_str message;
    ens_str advice;           /* empty: nothing is to be done */
    const ens_str *looked_at; /* what had no keys, in order, one clause each */
    size_t looked_at_count;
};

/* What a reply's Date (whole seconds) tells about the clocks: the smallest difference in ms that
 * explains it, 0 if none is needed. sent and received are times of our clock. */
int64_t ens_clock_skew_ms(int64_t server_unix_s, int64_t sent_unix_ms, int64_t received_unix_ms);

/* What was found out about a cloud. */
struct ens_evidence {
    const struct ens_provider *provider;
    ens_str region;
    bool has_keys;
    bool cancelled;                    /* else the deadline passed, where an outcome is missing */
    const struct ens_outcome *right;   /* whether it may read, or why that could not be asked; NULL:
                                          the end came first */
    const struct ens_outcome *caller;  /* whom the keys belong to; NULL: the end came first */
    const struct ens_pending *pending; /* what was waited for at the end; NULL: not known */
    int64_t clock_skew_ms;
};

/* Sets may_read, reason, message and advice. Texts are in the arena, or static. */
void ens_diagnosis_conclude(struct ens_arena *arena, const struct ens_evidence *evidence,
                            struct ens_diagnosis *ret);

/* ---- the document ---------------------------------------------------------------------------- */

struct ens_diagnoses {
    ens_str created_at; /* RFC 3339, UTC */
    const ens_str *warnings;
    size_t warning_count;
    struct ens_policy policy; /* the guards that every run of the session has */
    const struct ens_diagnosis *items;
    size_t count;
};

/* Writes the document with a line feed at its end. indent 0 gives one line. */
void ens_diagnoses_write(struct ens_buf *out, const struct ens_diagnoses *diagnoses,
                         unsigned indent);

/* Whether there are keys of the cloud. */
bool ens_diagnosis_has_keys(const struct ens_diagnosis *diagnosis);

/* What it comes to. */
enum ens_health {
    ENS_HEALTH_GOOD,    /* every cloud may be read */
    ENS_HEALTH_NO_KEYS, /* no cloud has keys */
    ENS_HEALTH_SICK,    /* the rest */
};

/* named: the clouds were named by the user; else those for which no source is set up do not count.
 */
enum ens_health ens_diagnoses_health(const struct ens_diagnoses *diagnoses, bool named);

#endif
