/* SPDX-License-Identifier: Apache-2.0 */
#include "refusal.h"

#include "number.h"

#include "base/rc.h"

#include <stdio.h>
#include <string.h>

struct refusal_row {
    const char *name;
    const char *message;
    struct {
        int status;
        const char *code;
    } by_cloud[EMU_CLOUDS];
};

#define NONE                                                                                       \
    {                                                                                              \
        0, NULL                                                                                    \
    }

/* Sources: the error tables of Volcengine StartInstance and StartInstances, of Alibaba Cloud
 * StartInstances and StartInstance, of Baidu "start an instance", and the common error pages of the
 * three. Where the cause is documented only as part of a read (a lock, an expiry), a start has the
 * closest documented code. */
static const struct refusal_row rows[] = {
    {"balance",
     "The balance of the account is not enough to start the instance.",
     {{400, "Insufficient.Balance"}, {403, "InsufficientBalance"}, NONE}},
    {"arrears", "The account has overdue payments.", {NONE, {400, "Account.Arrearage"}, NONE}},
    {"stock",
     "There is no capacity left for this instance type in the zone.",
     {{500, "Insufficient.InstanceCapacity"}, {403, "OperationDenied.NoStock"}, NONE}},
    {"private_pool_stock",
     "The private pool has no capacity left for this instance type.",
     {NONE, {400, "Invalid.PrivatePoolOptions.NoStock"}, NONE}},
    {"lack_resource",
     "The capacity reservation has no resources left.",
     {NONE, {400, "LackResource"}, NONE}},
    {"dedicated_host_full",
     "The dedicated host has no resources left.",
     {NONE, {400, "InvalidDedicatedHost.NotEnoughResource"}, NONE}},
    {"spot_price",
     "The price limit of the spot instance is below the market price.",
     {NONE, {403, "OperationDenied.SpotPriceLowerThanPublicPrice"}, NONE}},
    {"kms_key_disabled",
     "The encryption key of a disk is disabled.",
     {NONE, {400, "InvalidParameter.KMSKeyId.CMKNotEnabled"}, NONE}},
    {"kms_unauthorized",
     "ECS has no access to the encryption key of a disk.",
     {NONE, {400, "InvalidParameter.KMSKeyId.KMSUnauthorized"}, NONE}},
    {"locked_security",
     "The instance is locked for security reasons.",
     {NONE, {403, "InstanceLockedForSecurity"}, NONE}},
    {"locked_financial",
     "The instance is locked because of overdue payments.",
     {NONE, {403, "InstanceExpiredOrInArrears"}, NONE}},
    {"locked_host_financial",
     "The dedicated host is locked because of overdue payments.",
     {NONE, {403, "InstanceExpiredOrInArrears"}, NONE}},
    {"recycling",
     "The spot instance is being reclaimed.",
     {NONE, {403, "IncorrectInstanceStatus"}, NONE}},
    {"refunded", "The instance was refunded.", {NONE, {403, "InstanceExpired"}, NONE}},
    {"expired",
     "The instance has expired and has to be renewed first.",
     {{412, "OperationDenied.ResourceLocked"},
      {403, "InstanceExpired"},
      {409, "Instance.StartExpiredInstance"}}},
    {"creating_image",
     "An image of the instance is being created.",
     {{412, "OperationDenied.InstanceIsCreatingImage"}, NONE, NONE}},
    {"resource_locked",
     "The instance is locked.",
     {{412, "OperationDenied.ResourceLocked"}, NONE, NONE}},
    {"other_service",
     "The instance was created by another service and is managed there.",
     {{412, "OperationDenied.ResourceCreatedByOtherService"}, NONE, NONE}},
    {"system_disk_missing",
     "The instance has no system disk.",
     {NONE, {403, "InvalidInstance.NotFoundSystemDisk"}, NONE}},
    {"disk_error", "A disk of the instance is in error.", {NONE, {403, "DiskError"}, NONE}},
    {"host_repairing",
     "The host of the instance is being repaired.",
     {NONE, {403, "OperationDenied.HostRepairing"}, NONE}},
    {"not_ready",
     "The instance is not ready yet.",
     {NONE, {403, "InstanceNotReady"}, {409, "Instance.StartInstanceWhenCreating"}}},
    {"in_progress",
     "Another operation on the instance is in progress.",
     {{412, "IdempotentProcessing"},
      {409, "InvalidOperation.Conflict"},
      {409, "Instance.StartInstanceWhenCreating"}}},
    {"conflict",
     "The operation conflicts with another one.",
     {NONE, {409, "OperationConflict"}, NONE}},
    {"last_token",
     "The last request with this token is in progress.",
     {NONE, {409, "LastTokenProcessing"}, NONE}},
    {"initializing",
     "The instance is being initialized.",
     {NONE, {403, "IncorrectInstanceStatus.Initializing"}, NONE}},
    {"token_mismatch",
     "The token was used with other parameters.",
     {{400, "IdempotentParameterMismatch"}, NONE, {403, "IdempotentParameterMismatch"}}},
    {"wrong_state",
     "The operation is not allowed in the state that the instance is in.",
     {{400, "InvalidInstanceStatus"},
      {403, "IncorrectInstanceStatus"},
      {409, "Instance.StartInstanceOperationForbidden"}}},
    {"vanished",
     "The instance does not exist.",
     {{404, "InvalidInstance.NotFound"},
      {404, "InvalidInstanceId.NotFound"},
      {404, "NoSuchObject"}}},
    {"permission",
     "The caller is not allowed to do this.",
     {{403, "AccessDenied"}, {403, "Forbidden.RAM"}, {403, "AccessDenied"}}},
    {"operation_denied",
     "The operation is denied.",
     {{412, "OperationDenied.InvalidAccount"}, {403, "OperationDenied"}, {403, "OperationDenied"}}},
    {"internal",
     "The request failed because of an unknown error.",
     {{500, "InternalError"}, {500, "InternalError"}, {500, "InternalError"}}},
    {"batch_fails",
     "The instance is one of those that the batch could not start.",
     {NONE, NONE, {409, "Instance.StartInstanceOperationForbidden"}}},
};

/* Flags that a dry run of Alibaba Cloud does not check: it checks parameters, format and status. */
static const char *const start_only[] = {
    "balance",
    "arrears",
    "stock",
    "lack_resource",
    "spot_price",
    "private_pool_stock",
    "dedicated_host_full",
    "kms_key_disabled",
    "kms_unauthorized",
};

static bool is_start_only(enum emu_cloud cloud, ens_str name)
{
    for (size_t i = 0; cloud == EMU_ALIBABA && i < ENS_COUNT(start_only); i++) {
        if (ens_str_is(name, start_only[i])) {
            return true;
        }
    }
    return false;
}

static const struct refusal_row *find_row(ens_str name)
{
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        if (ens_str_is(name, rows[i].name)) {
            return &rows[i];
        }
    }
    return NULL;
}

static struct emu_refusal find(enum emu_cloud cloud, ens_str name)
{
    const struct refusal_row *row = find_row(name);
    if (row == NULL) {
        return (struct emu_refusal){0};
    }
    return (struct emu_refusal){row->by_cloud[cloud].status, row->by_cloud[cloud].code,
                                row->message};
}

struct emu_refusal emu_refusal_find(enum emu_cloud cloud, const char *name)
{
    return find(cloud, ens_str_of(name));
}

bool emu_phase_cut(ens_str *text, enum emu_phase *ret_phase)
{
    ens_str phase = {0};
    *text = ens_str_cut(*text, '@', &phase);
    if (phase.ptr == NULL || ens_str_is(phase, "both")) {
        *ret_phase = EMU_ALWAYS;
    } else if (ens_str_is(phase, "dry_run")) {
        *ret_phase = EMU_DRY_RUN_ONLY;
    } else if (ens_str_is(phase, "real")) {
        *ret_phase = EMU_REAL_ONLY;
    } else {
        return false;
    }
    return true;
}

bool emu_phase_holds(enum emu_phase phase, bool dry_run)
{
    return phase == EMU_ALWAYS || (phase == EMU_DRY_RUN_ONLY) == dry_run;
}

void emu_flag_list(enum emu_cloud cloud, struct ens_buf *buf)
{
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        if (rows[i].by_cloud[cloud].code != NULL) {
            ens_buf_addf(buf, "%s, ", rows[i].name);
        }
    }
    ens_buf_add(buf,
                ENS_STR("code:HTTP:CODE, each with @dry_run, @real or @both and *COUNT if wanted"));
}

/* Reads "409:Some.Code". */
static bool read_free_code(ens_str text, struct emu_flag *flag)
{
    ens_str code = {0};
    int64_t status = 0;
    if (!emu_number_read(ens_str_cut(text, ':', &code), 200, 599, &status) || code.len == 0 ||
        code.len >= sizeof(flag->code)) {
        return false;
    }
    snprintf(flag->name, sizeof(flag->name), "code");
    snprintf(flag->code, sizeof(flag->code), "%.*s", ENS_STR_ARG(code));
    flag->status = (int)status;
    flag->message = "The request was refused with a code that the world file names.";
    return true;
}

static bool read_known_code(enum emu_cloud cloud, ens_str name, struct emu_flag *flag)
{
    struct emu_refusal refusal = find(cloud, name);
    if (refusal.code == NULL) {
        return false;
    }
    snprintf(flag->name, sizeof(flag->name), "%.*s", ENS_STR_ARG(name));
    snprintf(flag->code, sizeof(flag->code), "%s", refusal.code);
    flag->status = refusal.status;
    flag->message = refusal.message;
    return true;
}

bool emu_flag_read(enum emu_cloud cloud, ens_str text, struct emu_flag *ret_flag)
{
    struct emu_flag flag = {.left = -1};
    ens_str count = {0}, code = {0};
    ens_str name = ens_str_cut(text, '*', &count);
    bool phase_named = name.len > 0 && memchr(name.ptr, '@', name.len) != NULL;
    if ((count.ptr != NULL && !emu_number_read(count, 1, 1000000, &flag.left)) ||
        !emu_phase_cut(&name, &flag.phase)) {
        return false;
    }
    bool is_code = ens_str_is(ens_str_cut(name, ':', &code), "code") && code.ptr != NULL;
    if (is_code ? !read_free_code(code, &flag) : !read_known_code(cloud, name, &flag)) {
        return false;
    }
    if (!phase_named && is_start_only(cloud, name)) {
        flag.phase = EMU_REAL_ONLY;
    }
    *ret_flag = flag;
    return true;
}
