/* A provider with tables and no functions, for tests of the pure decisions. */
#ifndef ENSURE_TESTS_FAKE_CLOUD_H
#define ENSURE_TESTS_FAKE_CLOUD_H

#include "ensure/provider.h"

static const struct ens_status_row fake_statuses[] = {
    {"UP", ENS_STATUS_RUNNING, ENS_REASON_OK},
    {"BOOTING", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"DOWN", ENS_STATUS_STOPPED, ENS_REASON_OK},
    {"HALTING", ENS_STATUS_STOPPING, ENS_REASON_OK},
    {"RESIZING", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"BROKEN", ENS_STATUS_FAILED, ENS_REASON_OK},
    {"UNPAID", ENS_STATUS_FAILED, ENS_REASON_EXPIRED},
    {"GOING", ENS_STATUS_DELETING, ENS_REASON_OK},
    {"GONE", ENS_STATUS_ABSENT, ENS_REASON_OK},
    {"FROZEN", ENS_STATUS_STOPPED, ENS_REASON_LOCKED},
    {"FUTURE", 99, ENS_REASON_OK}, /* of a newer minor version */
    {"FUTURE_REASON", ENS_STATUS_STOPPED, 99},
    {NULL, 0, 0},
};

static const struct ens_lock_row fake_locks[] = {
    {"owing", ENS_REASON_INSUFFICIENT_BALANCE},
    {"security", ENS_REASON_LOCKED},
    {"future", 99},
    {NULL, 0},
};

static const struct ens_code_row fake_codes[] = {
    {"Passed", ENS_REASON_OK, 0},
    {"State.Final", ENS_REASON_WRONG_STATE, ENS_CODE_FINAL},
    {"State*", ENS_REASON_WRONG_STATE, 0},
    {"*Throttl*", ENS_REASON_THROTTLED, 0},
    {"Stock", ENS_REASON_NO_CAPACITY, 0},
    {"Denied", ENS_REASON_PERMISSION_DENIED, 0},
    {"BadKey", ENS_REASON_UNAUTHENTICATED, 0},
    {"Nonce", ENS_REASON_INVALID_ARGUMENT, ENS_CODE_NEW_NONCE},
    {"*.NotFound", ENS_REASON_NOT_FOUND, 0},
    {"Future", 99, 0},
    {NULL, 0, 0},
};

static const struct ens_advice_row fake_advice[] = {
    {ENS_REASON_NO_CAPACITY, "Ask FakeCloud for more."},
    {0, NULL},
};

static const struct ens_provider fake_cloud = {
    .magic = ENS_PROVIDER_MAGIC,
    .abi_major = ENS_ABI_MAJOR,
    .abi_minor = ENS_ABI_MINOR,
    .struct_size = sizeof(struct ens_provider),
    .capabilities = ENS_CAP_DRY_RUN | ENS_CAP_CLIENT_TOKEN,
    .name = "fake",
    .title = "FakeCloud",
    .describe_limit = 100,
    .dry_run_limit = 1,
    .start_limit = 1,
    .statuses = fake_statuses,
    .locks = fake_locks,
    .codes = fake_codes,
    .advice = fake_advice,
};

#endif
