/*
 * The one sentence that says what was found about a target. Every sentence stands in one table.
 */
#ifndef ENSURE_CORE_SENTENCE_H
#define ENSURE_CORE_SENTENCE_H

#include "base/arena.h"
#include "core/outcome.h"
#include "core/target.h"

/* Bytes of what a cloud sent, in a result; more is cut. */
#define ENS_CLOUD_MESSAGE_MAX 500
#define ENS_CLOUD_WORD_MAX    128 /* codes, request ids, status words */

enum ens_sentence {
    /* From the read. */
    ENS_SAY_RUNNING,
    ENS_SAY_COMING_UP,
    ENS_SAY_SETTLING,
    ENS_SAY_FAILED,
    ENS_SAY_DELETING,
    ENS_SAY_ABSENT,
    ENS_SAY_UNKNOWN_STATE,
    ENS_SAY_LOCKED,
    ENS_SAY_EXPIRED,
    ENS_SAY_UNREADABLE,
    ENS_SAY_HIDDEN,
    /* A plan about a stopped instance. */
    ENS_SAY_PASSED,
    ENS_SAY_SIMULATED,
    ENS_SAY_NOT_ASKED,
    ENS_SAY_NOT_PERMITTED,
    ENS_SAY_NOT_ANSWERED,
    ENS_SAY_DRY_RUN_REFUSED,
    ENS_SAY_NOT_HONOURED,
    /* An apply. */
    ENS_SAY_STARTING,
    ENS_SAY_STARTED,
    ENS_SAY_CAME_UP,
    ENS_SAY_CHANGED,
    ENS_SAY_START_REFUSED,
    ENS_SAY_START_FAILED,
    ENS_SAY_AMBIGUOUS,
    ENS_SAY_STARTED_FAILED,
    ENS_SAY_STARTED_GONE,
    ENS_SAY_STARTED_UNREADABLE,
    ENS_SAY_FELL_BACK,
    ENS_SAY_STAYED_STOPPED,
    /* Ended from outside; {end} says how. */
    ENS_SAY_END_UNREAD,
    ENS_SAY_END_DRY_RUN,
    ENS_SAY_END_STOPPED,
    ENS_SAY_END_SENT,
    ENS_SAY_END_COMING_UP,
    ENS_SAY_END_SETTLING,
    ENS_SAY_END_STARTED,
    ENS_SAY_COUNT,
};

struct ens_facts {
    const struct ens_provider *provider;
    const struct ens_target *target;
    ens_str word; /* the cloud's status word; empty: none */
    ens_str lock; /* the cloud's word for a lock */
    int64_t expired_unix_s;
    bool cancelled;                    /* {end}: cancelled, or else out of time */
    const struct ens_outcome *outcome; /* what the sentence is about; NULL: none */
};

ens_str ens_sentence_compose(struct ens_arena *arena, enum ens_sentence sentence,
                             const struct ens_facts *facts);

/* What a cloud sent, fit for a result: valid UTF-8, one line, at most max bytes. */
ens_str ens_cloud_text(struct ens_arena *arena, ens_str text, size_t max);

/* The text with "***" for each occurrence of a key, and cut at ENS_REDACT_MAX bytes. A key too
 * short to be one is left alone. */
#define ENS_REDACT_MAX     ((size_t)4096)
#define ENS_REDACT_KEY_MIN ((size_t)6)
ens_str ens_text_redact(struct ens_arena *arena, ens_str text, ens_str key);

#endif
