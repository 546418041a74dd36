/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statuses, reasons, actions and confidences with their stable names, as users and programs see
 * them, and per reason one sentence of meaning and one of advice. One table each; a name is never
 * reused.
 */
#ifndef ENSURE_CORE_VOCABULARY_H
#define ENSURE_CORE_VOCABULARY_H

#include <stdbool.h>

#include "base/rc.h"
#include "base/str.h"

/* What a plan intends for a target, or what an apply did. */
enum ens_action {
    ENS_ACTION_NONE = 0, /* already running */
    ENS_ACTION_START = 1,
    ENS_ACTION_WAIT = 2, /* starting or changing without a start of this run */
    ENS_ACTION_REFUSE = 3,
};

/* What a plan is based on. */
enum ens_confidence {
    ENS_CONFIDENCE_OBSERVED = 0,   /* the read alone decides */
    ENS_CONFIDENCE_VALIDATED = 1,  /* the cloud itself accepted or refused */
    ENS_CONFIDENCE_SIMULATED = 2,  /* derived from the state: the cloud has no dry run */
    ENS_CONFIDENCE_UNVERIFIED = 3, /* the dry run, or the read, had no answer */
};

#define ENS_STATUS_COUNT     9
#define ENS_REASON_COUNT     26
#define ENS_ACTION_COUNT     4
#define ENS_CONFIDENCE_COUNT 4

/* Names as in JSON: "running", "insufficient_balance", "start", "validated". The value must be in
 * range: values from a provider are checked before (core/classify.h). */
const char *ens_status_name(enum ens_status status);
const char *ens_reason_name(enum ens_reason reason);
const char *ens_action_name(enum ens_action action);
const char *ens_confidence_name(enum ens_confidence confidence);

bool ens_status_parse(ens_str name, enum ens_status *ret);
bool ens_reason_parse(ens_str name, enum ens_reason *ret);
bool ens_action_parse(ens_str name, enum ens_action *ret);
bool ens_confidence_parse(ens_str name, enum ens_confidence *ret);

/* What a result with the reason tells, one sentence. */
const char *ens_reason_meaning(enum ens_reason reason);

/* Default advice, one sentence; empty for ok and already_running. */
const char *ens_reason_advice(enum ens_reason reason);

#endif
