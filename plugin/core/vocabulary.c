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
    const char *advice;
} reasons[ENS_REASON_COUNT] = {
    [ENS_REASON_OK] = {"ok", ""},
    [ENS_REASON_ALREADY_RUNNING] = {"already_running", ""},
    [ENS_REASON_NOT_FOUND] = {"not_found", "Check the instance id, the region and the account; an "
                                           "instance that was released can't be started."},
    [ENS_REASON_INVALID_ARGUMENT] = {"invalid_argument",
                                     "Check the instance id and the region: the cloud does not "
                                     "accept the request as it is."},
    [ENS_REASON_WRONG_STATE] = {"wrong_state", "Look at the instance in the cloud's console, bring "
                                               "it to a stopped state, then plan again."},
    [ENS_REASON_LOCKED] = {"locked", "Find out in the cloud's console what holds the lock and have "
                                     "it removed, then plan again."},
    [ENS_REASON_EXPIRED] = {"expired", "Renew the instance in the cloud's console, then plan "
                                       "again."},
    [ENS_REASON_INSUFFICIENT_BALANCE] = {"insufficient_balance",
                                         "Top up the account or settle what is overdue, then plan "
                                         "again."},
    [ENS_REASON_NO_CAPACITY] = {"no_capacity", "Try again later, or move to another instance type "
                                               "or zone: this one is sold out for now."},
    [ENS_REASON_SPOT_PRICE] = {"spot_price", "Raise the instance's highest spot price, or wait "
                                             "until the market price falls below it."},
    [ENS_REASON_KEY_DISABLED] = {"key_disabled", "Enable the encryption key of the instance's "
                                                 "disks in the key service, then plan again."},
    [ENS_REASON_PERMISSION_DENIED] = {"permission_denied",
                                      "Grant these credentials the right to read and start this "
                                      "instance."},
    [ENS_REASON_UNAUTHENTICATED] = {"unauthenticated",
                                    "Set valid credentials for this cloud, in the environment or "
                                    "in its command line's profile."},
    [ENS_REASON_CLOCK_SKEW] = {"clock_skew", "Set this machine's clock: the cloud refuses requests "
                                             "whose time is far from its own."},
    [ENS_REASON_THROTTLED] = {"throttled", "Wait a minute and run it again: the account's request "
                                           "quota is used up."},
    [ENS_REASON_TOKEN_MISMATCH] = {"token_mismatch", "Make a new plan: the client token of this "
                                                     "one was used for another request."},
    [ENS_REASON_IN_PROGRESS] = {"in_progress", "Nothing to do: the instance is changing by itself "
                                               "and is waited for."},
    [ENS_REASON_FELL_BACK] = {"fell_back", "Look at the instance's events in the cloud's console: "
                                           "it accepted the start and then stopped again."},
    [ENS_REASON_TIMED_OUT] = {"timed_out", "Run it again to go on waiting, or give it a longer "
                                           "timeout."},
    [ENS_REASON_AMBIGUOUS] = {"ambiguous", "Run it again: whether the cloud took the start is not "
                                           "known, and the next read will tell."},
    [ENS_REASON_DRY_RUN_NOT_HONOURED] = {"dry_run_not_honoured",
                                         "Check the instance now: the cloud answered a dry run as "
                                         "if it had really started it."},
    [ENS_REASON_UNAVAILABLE] = {"unavailable", "Check network, region and endpoint, then run it "
                                               "again: the cloud can't be reached or is down."},
    [ENS_REASON_INTERNAL] = {"internal", "Run it again later, and report the request id to the "
                                         "cloud's support if it goes on."},
    [ENS_REASON_MALFORMED_RESPONSE] = {"malformed_response",
                                       "Run it again; if it goes on, report the request id to "
                                       "the cloud's support: its answer can't be read."},
    [ENS_REASON_CANCELLED] = {"cancelled", "Run it again: it was interrupted before this instance "
                                           "was finished."},
    [ENS_REASON_POLICY] = {"policy",
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
