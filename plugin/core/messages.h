/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The message of a result: one sentence about the target. All sentences are in one table.
 */
#ifndef ENSURE_CORE_MESSAGES_H
#define ENSURE_CORE_MESSAGES_H

#include "base/arena.h"
#include "core/outcome.h"
#include "core/plain.h"
#include "core/target.h"

/* Begins the list of sources that had no keys, at the end of the clause that says so. */
#define ENS_LOOKED_AT "; looked at: "

/* Maximum bytes of a cloud's texts in a result; longer ones are truncated. */
#define ENS_CLOUD_MESSAGE_MAX 500
#define ENS_CLOUD_WORD_MAX    128 /* codes, request ids, status words */

/* Maximum bytes of a sentence, and of {cause} in it, which is truncated first. A sentence is longer
 * only where it lists what was looked at for keys, or names the file of a guard. */
#define ENS_MESSAGE_MAX    600
#define ENS_CAUSE_MAX      260
#define ENS_LONG_CAUSE_MAX 500

enum ens_message {
    /* About a read. If a start was sent before, the sentence says so first. */
    ENS_MESSAGE_RUNNING,
    ENS_MESSAGE_COMING_UP,
    ENS_MESSAGE_STOPPING,
    ENS_MESSAGE_SETTLING,
    ENS_MESSAGE_FAILED,
    ENS_MESSAGE_DELETING,
    ENS_MESSAGE_ABSENT,
    ENS_MESSAGE_UNKNOWN_STATE,
    ENS_MESSAGE_LOCKED,
    ENS_MESSAGE_EXPIRED,
    ENS_MESSAGE_UNREADABLE,
    ENS_MESSAGE_LEFT, /* policy forbids the start, or it can't be audited */
    ENS_MESSAGE_HIDDEN,
    /* Plan: the instance is stopped. */
    ENS_MESSAGE_PASSED,
    ENS_MESSAGE_SIMULATED,
    ENS_MESSAGE_NOT_ASKED,
    ENS_MESSAGE_NOT_PERMITTED,
    ENS_MESSAGE_NOT_ANSWERED,
    ENS_MESSAGE_DRY_RUN_REFUSED,
    ENS_MESSAGE_PASSED_BEFORE, /* an earlier plan asked, and its answer holds */
    ENS_MESSAGE_REFUSED_BEFORE,
    ENS_MESSAGE_NOT_HONOURED,
    /* Apply. */
    ENS_MESSAGE_ACCEPTED,
    ENS_MESSAGE_NOT_SHOWN, /* reads since the accepted start show no effect of it */
    ENS_MESSAGE_STARTING,
    ENS_MESSAGE_STARTED,
    ENS_MESSAGE_CAME_UP,
    ENS_MESSAGE_CHANGED,
    ENS_MESSAGE_START_REFUSED,
    ENS_MESSAGE_START_FAILED,
    ENS_MESSAGE_START_LOST,         /* a start was not answered: read before another is sent */
    ENS_MESSAGE_START_LOST_AGAIN,   /* ... and further starts failed */
    ENS_MESSAGE_START_LOST_REFUSED, /* ... and a further start was refused */
    ENS_MESSAGE_FELL_BACK,
    ENS_MESSAGE_STAYED_STOPPED,
    ENS_MESSAGE_TOKEN_REPEATED,
    /* Wait. */
    ENS_MESSAGE_WAITING,
    /* Ended by the deadline or a cancellation, which {end} names. */
    ENS_MESSAGE_END_UNREAD,
    ENS_MESSAGE_END_DRY_RUN,
    ENS_MESSAGE_END_STOPPED,
    ENS_MESSAGE_END_SENT,
    ENS_MESSAGE_END_COMING_UP,
    ENS_MESSAGE_END_SETTLING,
    ENS_MESSAGE_END_STARTED,
    ENS_MESSAGE_END_WAITING,
    ENS_MESSAGE_END_NOT_STARTED,
    /* About the keys of a cloud. */
    ENS_MESSAGE_MAY_READ,
    ENS_MESSAGE_MAY_NOT_READ,
    ENS_MESSAGE_RIGHT_UNKNOWN,
    ENS_MESSAGE_NOT_ASKABLE, /* the provider has no request for it */
    ENS_MESSAGE_NO_KEYS,
    ENS_MESSAGE_END_UNASKED,
    ENS_MESSAGE_CALLER_UNKNOWN,
    ENS_MESSAGE_NO_CALLER, /* the cloud documents no request for it */
    /* About a list of instances. */
    ENS_MESSAGE_LIST_DENIED,
    ENS_MESSAGE_LIST_HIDDEN, /* an empty list, and the permission could not be checked */
    ENS_MESSAGE_LIST_FAILED,
    ENS_MESSAGE_LIST_END,
    ENS_MESSAGE_COUNT,
};

/* What is known of a start that this run sent before. */
enum ens_start_sent {
    ENS_START_NONE,
    ENS_START_LOST,    /* no reply came */
    ENS_START_UNCLEAR, /* the reply is a fault that may have occurred after the start took effect */
    ENS_START_ACCEPTED,
};

struct ens_facts {
    const struct ens_provider *provider;
    const struct ens_target *target;
    ens_str word; /* the cloud's status word; empty: none */
    ens_str lock; /* the cloud's word for a lock */
    int64_t expired_unix_s;
    bool capacity_released; /* a start may find no stock */
    bool cancelled;         /* {end}: true: cancelled; false: the deadline passed */
    enum ens_start_sent start;
    const struct ens_outcome *outcome; /* that the sentence explains; NULL: none */
    const struct ens_pending *pending; /* NULL: not known */
    ens_str refusal;                   /* of a guard: it is the {cause}; empty: none */
};

ens_str ens_message_compose(struct ens_arena *arena, enum ens_message message,
                            const struct ens_facts *facts);

/* A copy that outlives the reply, with texts truncated as in a result. */
struct ens_outcome *ens_outcome_keep(struct ens_arena *arena, const struct ens_outcome *outcome);

/* The text with each occurrence of a key replaced by "***", truncated to ENS_REDACT_MAX bytes. A
 * key shorter than ENS_REDACT_KEY_MIN is not replaced, since it would match ordinary text. */
#define ENS_REDACT_MAX     ((size_t)4096)
#define ENS_REDACT_KEY_MIN ((size_t)6)
ens_str ens_text_redact(struct ens_arena *arena, ens_str text, ens_str key);

#endif
