/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vocabulary.h"

static const char *const status_names[ENS_STATUS_COUNT] = {
    [ENS_STATUS_UNKNOWN] = "unknown",   [ENS_STATUS_RUNNING] = "running",
    [ENS_STATUS_STARTING] = "starting", [ENS_STATUS_STOPPED] = "stopped",
    [ENS_STATUS_STOPPING] = "stopping", [ENS_STATUS_BUSY] = "busy",
    [ENS_STATUS_FAILED] = "failed",     [ENS_STATUS_DELETING] = "deleting",
    [ENS_STATUS_ABSENT] = "absent",
};

static const char *const action_names[ENS_ACTION_COUNT] = {
    [ENS_ACTION_NONE] = "none",
    [ENS_ACTION_START] = "start",
    [ENS_ACTION_WAIT] = "wait",
    [ENS_ACTION_REFUSE] = "refuse",
};

static const char *const confidence_names[ENS_CONFIDENCE_COUNT] = {
    [ENS_CONFIDENCE_OBSERVED] = "observed",
    [ENS_CONFIDENCE_VALIDATED] = "validated",
    [ENS_CONFIDENCE_SIMULATED] = "simulated",
    [ENS_CONFIDENCE_UNVERIFIED] = "unverified",
};

static const struct {
    const char *name;
    const char *meaning;
    const char *advice;
} reasons[ENS_REASON_COUNT] = {
    [ENS_REASON_OK] = {"ok",
                       "No obstacle was found; in a plan, the confidence says what that rests on.",
                       ""},
    [ENS_REASON_ALREADY_RUNNING] = {"already_running",
                                    "The instance is running, so that nothing is to be done.", ""},
    [ENS_REASON_NOT_FOUND] =
        {"not_found",
         "The cloud has no such instance in this region of this account, or it is being deleted.",
         "Check the instance id, the region and the account; an "
         "instance that was released can't be started."},
    [ENS_REASON_INVALID_ARGUMENT] =
        {"invalid_argument",
         "The cloud does not accept the request as it is; it is not sent again.",
         "Check the instance id and the region: the cloud does not "
         "accept the request as it is."},
    [ENS_REASON_WRONG_STATE] =
        {"wrong_state",
         "The instance is in a state that it can't be started from, or it changed after the plan.",
         "Look at the instance in the cloud's console, bring "
         "it to a stopped state, then plan again."},
    [ENS_REASON_LOCKED] = {"locked", "A lock or another operation of the cloud forbids the start.",
                           "Find out in the cloud's console what holds the lock and have "
                           "it removed, then plan again."},
    [ENS_REASON_EXPIRED] = {"expired", "The paid time of the instance is over.",
                            "Renew the instance in the cloud's console, then plan "
                            "again."},
    [ENS_REASON_INSUFFICIENT_BALANCE] =
        {"insufficient_balance", "The account is overdue, or its balance is too low for the start.",
         "Top up the account or settle what is overdue, then plan "
         "again."},
    [ENS_REASON_NO_CAPACITY] = {"no_capacity", "The zone has no stock of the instance type.",
                                "Try again later, or move to another instance type "
                                "or zone: this one is sold out for now."},
    [ENS_REASON_SPOT_PRICE] =
        {"spot_price", "The market price is above the highest price that is set for the instance.",
         "Raise the instance's highest spot price, or wait "
         "until the market price falls below it."},
    [ENS_REASON_KEY_DISABLED] = {"key_disabled",
                                 "An encryption key of the instance's disks can't be used.",
                                 "Enable the encryption key of the instance's "
                                 "disks in the key service, then plan again."},
    [ENS_REASON_PERMISSION_DENIED] = {"permission_denied", "The credentials may not do this.",
                                      "Grant these credentials the right to read and start this "
                                      "instance."},
    [ENS_REASON_UNAUTHENTICATED] = {"unauthenticated",
                                    "There are no credentials for the cloud, or it rejects them.",
                                    "Set valid credentials for this cloud, in the environment or "
                                    "in its command line's profile."},
    [ENS_REASON_CLOCK_SKEW] =
        {"clock_skew", "The request was signed at a time that is too far from the cloud's own.",
         "Set this machine's clock: the cloud refuses requests "
         "whose time is far from its own."},
    [ENS_REASON_THROTTLED] =
        {"throttled",
         "A request quota is used up, and repeated requests within the deadline did not pass.",
         "Wait a minute and run it again: the account's request "
         "quota is used up."},
    [ENS_REASON_TOKEN_MISMATCH] = {"token_mismatch",
                                   "The client token was used before, for another request.",
                                   "Make a new plan: the client token of this "
                                   "one was used for another request."},
    [ENS_REASON_IN_PROGRESS] =
        {"in_progress", "Another operation holds the instance, or it is changing by itself.",
         "Nothing to do: the instance is changing by itself "
         "and is waited for."},
    [ENS_REASON_FELL_BACK] = {"fell_back",
                              "A start was sent, and the instance stopped again or stayed stopped.",
                              "Look at the instance's events in the cloud's console: "
                              "it accepted the start and then stopped again."},
    [ENS_REASON_TIMED_OUT] = {"timed_out", "The deadline passed before the target was finished.",
                              "Run it again to go on waiting, or give it a longer "
                              "timeout."},
    [ENS_REASON_AMBIGUOUS] = {"ambiguous", "It is not known whether a start took effect.",
                              "Run it again: whether the cloud took the start is not "
                              "known, and the next read will tell."},
    [ENS_REASON_DRY_RUN_NOT_HONOURED] =
        {"dry_run_not_honoured",
         "The cloud answered a dry run as if it were a start, which it may have carried out.",
         "Check the instance now: the cloud answered a dry run as "
         "if it had really started it."},
    [ENS_REASON_UNAVAILABLE] = {"unavailable",
                                "The cloud could not be reached or was down, and repeated requests "
                                "within the deadline did not pass.",
                                "Check network, region and endpoint, then run it "
                                "again: the cloud can't be reached or is down."},
    [ENS_REASON_INTERNAL] = {"internal", "The cloud reported a fault of its own.",
                             "Run it again later, and report the request id to the "
                             "cloud's support if it goes on."},
    [ENS_REASON_MALFORMED_RESPONSE] =
        {"malformed_response", "The reply does not have the form that the cloud's API documents.",
         "Run it again; if it goes on, report the request id to "
         "the cloud's support: its answer can't be read."},
    [ENS_REASON_CANCELLED] = {"cancelled",
                              "The run was interrupted before the target was finished.",
                              "Run it again: it was interrupted before this instance "
                              "was finished."},
    [ENS_REASON_POLICY] =
        {"policy", "A guard forbids the start, or the start can't be recorded in the audit log.",
         "Have the guard or the setting that the message names changed, "
         "then plan again."},
};

const char *ens_status_name(enum ens_status status)
{
    ENS_ASSERT((unsigned)status < ENS_STATUS_COUNT);
    return status_names[status];
}

const char *ens_reason_name(enum ens_reason reason)
{
    ENS_ASSERT((unsigned)reason < ENS_REASON_COUNT);
    return reasons[reason].name;
}

const char *ens_action_name(enum ens_action action)
{
    ENS_ASSERT((unsigned)action < ENS_ACTION_COUNT);
    return action_names[action];
}

const char *ens_confidence_name(enum ens_confidence confidence)
{
    ENS_ASSERT((unsigned)confidence < ENS_CONFIDENCE_COUNT);
    return confidence_names[confidence];
}

const char *ens_reason_meaning(enum ens_reason reason)
{
    ENS_ASSERT((unsigned)reason < ENS_REASON_COUNT);
    return reasons[reason].meaning;
}

const char *ens_reason_advice(enum ens_reason reason)
{
    ENS_ASSERT((unsigned)reason < ENS_REASON_COUNT);
    return reasons[reason].advice;
}

static bool find(ens_str name, const char *const *names, size_t count, size_t *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (ens_str_is(name, names[i])) {
            *ret = i;
            return true;
        }
    }
    return false;
}

bool ens_status_parse(ens_str name, enum ens_status *ret)
{
    size_t at = 0;

    if (!find(name, status_names, ENS_STATUS_COUNT, &at)) {
        return false;
    }
    *ret = (enum ens_status)at;
    return true;
}

bool ens_action_parse(ens_str name, enum ens_action *ret)
{
    size_t at = 0;

    if (!find(name, action_names, ENS_ACTION_COUNT, &at)) {
        return false;
    }
    *ret = (enum ens_action)at;
    return true;
}

bool ens_confidence_parse(ens_str name, enum ens_confidence *ret)
{
    size_t at = 0;

    if (!find(name, confidence_names, ENS_CONFIDENCE_COUNT, &at)) {
        return false;
    }
    *ret = (enum ens_confidence)at;
    return true;
}

bool ens_reason_parse(ens_str name, enum ens_reason *ret)
{
    for (size_t i = 0; i < ENS_REASON_COUNT; i++) {
        if (ens_str_is(name, reasons[i].name)) {
            *ret = (enum ens_reason)i;
            return true;
        }
    }
    return false;
}
