/* SPDX-License-Identifier: Apache-2.0 */
/* Alibaba Cloud ECS: the descriptor, its tables, and the endpoints. */
#include "alibaba/calls.h"
#include "alibaba/credentials.h"
#include "alibaba/profile.h"
#include "alibaba/sign.h"
#include "kit/text.h"

/* Expired, overdue and locked instances have the status Stopped; locks and expiry tell them from
 * others. */
static const struct ens_status_row statuses[] = {
    {"Running", ENS_STATUS_RUNNING, ENS_REASON_OK},
    {"Starting", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"Pending", ENS_STATUS_STARTING, ENS_REASON_OK}, /* being created */
    {"Stopped", ENS_STATUS_STOPPED, ENS_REASON_OK},
    {"Stopping", ENS_STATUS_STOPPING, ENS_REASON_OK},
    {NULL, 0, 0},
};

/* From the API page of StartInstances (help 155374), then the gateway's common errors. */
static const struct ens_code_row codes[] = {
    {"DRYRUN.SUCCESS", ENS_REASON_OK, 0}, /* StartInstances */
    {"DryRunOperation", ENS_REASON_OK, 0},

    {"InvalidInstanceId.NotFound", ENS_REASON_NOT_FOUND, 0},
    {"InvalidInstanceIds.NotFound", ENS_REASON_NOT_FOUND, 0},
    {"Forbidden.InstanceNotFound", ENS_REASON_NOT_FOUND, 0},
    {"IncorrectInstanceStatus.Initializing", ENS_REASON_IN_PROGRESS, 0},
    {"IncorrectInstanceStatus", ENS_REASON_WRONG_STATE, 0},
    {"InvalidInstance.NotFoundSystemDisk", ENS_REASON_WRONG_STATE, ENS_CODE_FINAL},
    {"DiskError", ENS_REASON_WRONG_STATE, ENS_CODE_FINAL},
    {"InstanceNotReady", ENS_REASON_IN_PROGRESS, 0},
    {"InvalidOperation.Conflict", ENS_REASON_IN_PROGRESS, 0},
    {"OperationConflict", ENS_REASON_IN_PROGRESS, 0},
    {"Operation.Conflict", ENS_REASON_IN_PROGRESS, 0},
    {"LastTokenProcessing", ENS_REASON_IN_PROGRESS, 0},
    {"LastOrderProcessing", ENS_REASON_IN_PROGRESS, 0},
    {"LastRequestProcessing", ENS_REASON_IN_PROGRESS, 0},
    {"InstanceExpired", ENS_REASON_EXPIRED, 0},
    {"InstanceExpiredOrInArrears", ENS_REASON_EXPIRED, 0},
    {"InsufficientBalance", ENS_REASON_INSUFFICIENT_BALANCE, 0},
    {"Account.Arrearage", ENS_REASON_INSUFFICIENT_BALANCE, 0},
    {"InstanceLockedForSecurity", ENS_REASON_LOCKED, 0},
    {"OperationDenied.NoStock", ENS_REASON_NO_CAPACITY, 0},
    {"Invalid.PrivatePoolOptions.NoStock", ENS_REASON_NO_CAPACITY, 0},
    {"LackResource", ENS_REASON_NO_CAPACITY, 0},
    {"InvalidDedicatedHost.NotEnoughResource", ENS_REASON_NO_CAPACITY, 0},
    {"OperationDenied.SpotPriceLowerThanPublicPrice", ENS_REASON_SPOT_PRICE, 0},
    {"OperationDenied*", ENS_REASON_LOCKED, 0}, /* HostRepairing */
    {"InvalidParameter.KMSKeyId.*", ENS_REASON_KEY_DISABLED, 0},

    {"Forbidden*", ENS_REASON_PERMISSION_DENIED, 0},
    {"NoPermission", ENS_REASON_PERMISSION_DENIED, 0},
    {"ActionUnauthorized", ENS_REASON_PERMISSION_DENIED, 0},
    {"InvalidTimeStamp*", ENS_REASON_CLOCK_SKEW, 0},
    {"IllegalTimestamp", ENS_REASON_CLOCK_SKEW, 0},
    {"InvalidAccessKeyId*", ENS_REASON_UNAUTHENTICATED, 0},
    {"InvalidSecurityToken.Expired", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED},
    {"InvalidSecurityToken*", ENS_REASON_UNAUTHENTICATED, 0},
    {"MissingSecurityToken", ENS_REASON_UNAUTHENTICATED, 0},
    {"SignatureDoesNotMatch", ENS_REASON_UNAUTHENTICATED, 0},
    {"IncompleteSignature", ENS_REASON_UNAUTHENTICATED, 0},
    {"SignatureNonceUsed", ENS_REASON_UNAVAILABLE, ENS_CODE_NEW_NONCE},

    {"*Throttling*", ENS_REASON_THROTTLED, 0},
    {"ServiceUnavailable*", ENS_REASON_UNAVAILABLE, 0},
    {"InternalError", ENS_REASON_INTERNAL, 0},

    {"Abs.InvalidInstanceIds.MalFormed", ENS_REASON_INVALID_ARGUMENT, 0},
    {"Missing*", ENS_REASON_INVALID_ARGUMENT, 0},
    {"Unsupported*", ENS_REASON_INVALID_ARGUMENT, 0},
    {"NoSuchVersion", ENS_REASON_INVALID_ARGUMENT, ENS_CODE_CALL},
    {"InvalidRegionId.NotFound", ENS_REASON_INVALID_ARGUMENT, ENS_CODE_CALL},
    {"InvalidZoneId.NotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidParameter*", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidAction*", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidApi.NotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidProduct.NotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidProtocol.NeedSsl", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidVersion", ENS_REASON_INVALID_ARGUMENT, 0},
    {NULL, 0, 0},
};

static const struct ens_variable_row variables[] = {
    {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
     "ALIBABA_CLOUD_SECURITY_TOKEN"},
    {"ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"},
    {"ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN"},
    {"ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"},
    {"ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_ACCESS_KEY_STS_TOKEN"},
    {"ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"},
    {NULL, NULL, NULL},
};

static const struct ens_advice_row advice[] = {
    {ENS_REASON_PERMISSION_DENIED,
     "Grant ecs:DescribeInstances and ecs:StartInstances in RAM, on "
     "acs:ecs:REGION:ACCOUNT:instance/ID (examples/policies/alibaba-apply.json)."},
    {ENS_REASON_INSUFFICIENT_BALANCE,
     "Top up the account in the Alibaba Cloud billing centre; a pay-as-you-go instance that was "
     "stopped for arrears must then be reactivated."},
    {ENS_REASON_EXPIRED, "Renew the instance in the ECS console, or reactivate it once the account "
                         "has no arrears."},
    {ENS_REASON_NO_CAPACITY,
     "The zone has no stock of this instance type: try later, change the type, or stop instances "
     "with KeepCharging so that they keep their place."},
    {ENS_REASON_UNAUTHENTICATED,
     "Check ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, and that temporary "
     "keys come with ALIBABA_CLOUD_SECURITY_TOKEN and are still valid."},
    {0, NULL},
};

static const struct ens_code_advice_row code_advice[] = {
    {"InvalidInstance.NotFoundSystemDisk",
     "Attach a system disk to the instance in the ECS console: it has none, and can't be started "
     "without one."},
    {"DiskError", "Check the instance's disks in the ECS console: one of them is in a state that "
                  "it can't be started with."},
    {"InvalidRegionId.NotFound", "Check the region: Alibaba Cloud knows none of this name."},
    {NULL, NULL},
};

/* Regions that are served by the endpoint without a region in its name. */
static const char *const central[] = {"cn-hangzhou-finance", "cn-north-2-gov-1", "cn-beijing-gov-1",
                                      NULL};

static ens_str endpoint(const struct ens_memory *memory, ens_str region)
{
    for (const char *const *name = central; *name != NULL; name++) {
        if (kit_is(region, *name)) {
            return KIT_STR("ecs.aliyuncs.com");
        }
    }
    return KIT_CONCAT(memory, KIT_STR("ecs."), region, KIT_STR(".aliyuncs.com"));
}

/* The name of the cloud is that of OpenTelemetry's conventions. */
static const struct ens_trace_names trace_names = {
    .cloud = "alibaba_cloud",
    .service = "ecs",
    .describe = "DescribeInstances",
    .start = "StartInstances",
    .find = "DescribeInstances",
};

static const struct ens_provider alibaba = {
    .magic = ENS_PROVIDER_MAGIC,
    .abi_major = ENS_ABI_MAJOR,
    .abi_minor = ENS_ABI_MINOR,
    .struct_size = sizeof(alibaba),
    .capabilities = ENS_CAP_DRY_RUN | ENS_CAP_ABSENCE_PROBE,
    .name = "alibaba",
    .title = "Alibaba Cloud",
    .version = KIT_VERSION,
    .describe_limit = 100,
    .dry_run_limit = 100,
    .start_limit = 100,
    .statuses = statuses,
    .locks = alibaba_locks,
    .codes = codes,
    .variables = variables,
    .profile_files = alibaba_profile_files,
    .endpoint = endpoint,
    .describe_request = alibaba_describe_request,
    .start_request = alibaba_start_request,
    .sign = alibaba_sign,
    .read_describe = alibaba_read_describe,
    .read_start = alibaba_read_start,
    .advice = advice,
    .dry_run_checks =
        "The dry run checks parameters, format and status, but neither stock nor balance.",
    .code_advice = code_advice,
    .sources = alibaba_sources,
    .credentials_step = alibaba_credentials_step,
    .default_region = "cn-hangzhou",
    .right_request = alibaba_right_request,
    .caller_request = alibaba_caller_request,
    .read_caller = alibaba_read_caller,
    .find_request = alibaba_find_request,
    .read_find = alibaba_read_find,
    .find_action = "ecs:DescribeInstances",
    .find_limit = 1000, /* by tags, and on Alibaba Cloud by resource group */
    .trace_names = &trace_names,
};

const struct ens_provider *ens_provider_entry(uint32_t host_major, uint32_t host_minor)
{
    (void)host_minor;
    return host_major == ENS_ABI_MAJOR ? &alibaba : NULL;
}
