#include "refusal.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
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
 * three. A start that is refused because of what only a read shows (a lock, an expiry) has the code
 * that comes nearest. */
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

static const struct refusal_row *find_row(const char *name)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

struct emu_refusal emu_refusal_find(enum emu_cloud cloud, const char *name)
{
    const struct refusal_row *row = find_row(name);
    if (row == NULL) {
        return (struct emu_refusal){0};
    }
    return (struct emu_refusal){row->by_cloud[cloud].status, row->by_cloud[cloud].code,
                                row->message};
}

bool emu_phase_cut(char *text, enum emu_phase *ret_phase)
{
    char *at = strchr(text, '@');
    *ret_phase = EMU_ALWAYS;
    if (at == NULL) {
        return true;
    }
    if (strcmp(at, "@dry_run") == 0) {
        *ret_phase = EMU_DRY_RUN_ONLY;
    } else if (strcmp(at, "@real") == 0) {
        *ret_phase = EMU_REAL_ONLY;
    } else {
        return false;
    }
    *at = '\0';
    return true;
}

bool emu_phase_holds(enum emu_phase phase, bool dry_run)
{
    return phase == EMU_ALWAYS || (phase == EMU_DRY_RUN_ONLY) == dry_run;
}

static char *list_flags(enum emu_cloud cloud)
{
    struct emu_text list = {0};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].by_cloud[cloud].code != NULL) {
            emu_text_addf(&list, "%s, ", rows[i].name);
        }
    }
    emu_text_add(&list, "code:HTTP:CODE, each with @dry_run or @real and *COUNT if wanted");
    return emu_text_take(&list);
}

/* "code:409:Some.Code" */
static bool read_free_code(char *name, struct emu_flag *ret_flag)
{
    char *status_text = name + strlen("code:");
    char *code = strchr(status_text, ':');
    if (code == NULL || code[1] == '\0' || strlen(code + 1) >= sizeof(ret_flag->code)) {
        return false;
    }
    *code = '\0';
    long status = 0;
    if (!emu_number_read(status_text, 200, 599, &status)) {
        return false;
    }
    snprintf(ret_flag->name, sizeof(ret_flag->name), "code");
    snprintf(ret_flag->code, sizeof(ret_flag->code), "%s", code + 1);
    ret_flag->status = (int)status;
    ret_flag->message = "The request was refused with a code that the world file names.";
    return true;
}

static bool read_flag(enum emu_cloud cloud, char *text, struct emu_flag *ret_flag)
{
    struct emu_flag flag = {.left = -1};
    char *count = strchr(text, '*');
    if (count != NULL) {
        *count = '\0';
        if (!emu_number_read(count + 1, 1, 1000000, &flag.left)) {
            return false;
        }
    }
    if (!emu_phase_cut(text, &flag.phase)) {
        return false;
    }
    if (emu_starts_with(text, "code:")) {
        if (!read_free_code(text, &flag)) {
            return false;
        }
    } else {
        struct emu_refusal refusal = emu_refusal_find(cloud, text);
        if (refusal.code == NULL) {
            return false;
        }
        snprintf(flag.name, sizeof(flag.name), "%s", text);
        snprintf(flag.code, sizeof(flag.code), "%s", refusal.code);
        flag.status = refusal.status;
        flag.message = refusal.message;
    }
    *ret_flag = flag;
    return true;
}

bool emu_flag_read(enum emu_cloud cloud, const char *text, struct emu_flag *ret_flag,
                   char **ret_expected)
{
    char *copy = emu_copy(text);
    bool ok = read_flag(cloud, copy, ret_flag);
    free(copy);
    if (!ok) {
        *ret_expected = list_flags(cloud);
    }
    return ok;
}
