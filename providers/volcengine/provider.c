/* SPDX-License-Identifier: Apache-2.0 */
/* Volcengine ECS: the descriptor, its tables, and the endpoints. */
#include "kit/text.h"
#include "volcengine/calls.h"
#include "volcengine/credentials.h"
#include "volcengine/profile.h"
#include "volcengine/sign.h"

static const struct ens_status_row statuses[] = {
    {"RUNNING", ENS_STATUS_RUNNING, ENS_REASON_OK},
    {"STARTING", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"REBOOTING", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"CREATING", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"STOPPED", ENS_STATUS_STOPPED, ENS_REASON_OK},
    {"STOPPING", ENS_STATUS_STOPPING, ENS_REASON_OK},
    {"REBUILDING", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"RESIZING", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"ERROR", ENS_STATUS_FAILED, ENS_REASON_OK},
    {"DELETING", ENS_STATUS_DELETING, ENS_REASON_NOT_FOUND},
    {NULL, 0, 0},
};

/* From the API page of StartInstance, then the gateway's common errors (6369/68677). */
static const struct ens_code_row codes[] = {
    {"DryRunOperation", ENS_REASON_OK, 0},

    {"InvalidInstance.NotFound", ENS_REASON_NOT_FOUND, 0},
    {"InvalidInstanceStatus", ENS_REASON_WRONG_STATE, 0},
    {"IdempotentProcessing", ENS_REASON_IN_PROGRESS, 0},
    {"PriorRequestNotComplete", ENS_REASON_IN_PROGRESS, 0},
    {"IdempotentParameterMismatch", ENS_REASON_TOKEN_MISMATCH, 0},
    {"Insufficient.Balance", ENS_REASON_INSUFFICIENT_BALANCE, 0},
    {"Insufficient.*", ENS_REASON_NO_CAPACITY, 0}, /* InstanceCapacity comes with HTTP 500 */

    {"OperationDenied.ResourceCreatedByOtherService", ENS_REASON_PERMISSION_DENIED, 0},
    {"OperationDenied.InvalidAccount", ENS_REASON_PERMISSION_DENIED, 0},
    {"OperationDenied.*", ENS_REASON_LOCKED, 0}, /* InstanceIsCreatingImage, ResourceLocked */
    {"InvalidInstance.RequestForbid*", ENS_REASON_PERMISSION_DENIED, 0},
    {"RequestForbid*", ENS_REASON_PERMISSION_DENIED, 0},
    {"AccessDenied*", ENS_REASON_PERMISSION_DENIED, 0},
    {"LackPolicy", ENS_REASON_PERMISSION_DENIED, 0},
    {"LackProjectPolicy", ENS_REASON_PERMISSION_DENIED, 0},
    {"AccountNotVerified", ENS_REASON_PERMISSION_DENIED, 0},
    {"ErrNotVerifiedAccount", ENS_REASON_PERMISSION_DENIED, 0},
    {"ProductUnsubscribed", ENS_REASON_PERMISSION_DENIED, 0},
    {"ServiceNotActivated", ENS_REASON_PERMISSION_DENIED, 0},
    {"ServiceShouldCallSelfApi", ENS_REASON_PERMISSION_DENIED, 0},
    {"InnerApiNeedAccountInfo", ENS_REASON_PERMISSION_DENIED, 0},

    {"InvalidTimestamp", ENS_REASON_CLOCK_SKEW, 0},
    {"RequestExpired", ENS_REASON_CLOCK_SKEW, 0},
    {"InvalidAccessKey*", ENS_REASON_UNAUTHENTICATED, 0},
    {"InvalidClientTokenId", ENS_REASON_UNAUTHENTICATED, 0},              /* means the access key */
    {"InvalidSecretToken", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED}, /* or a wrong one */
    {"SessionTokenInvalid", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED},
    {"ExpiredToken*", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED},
    {"AccessKeyNotExist", ENS_REASON_UNAUTHENTICATED, 0},
    {"AccessKeyIsExpire", ENS_REASON_UNAUTHENTICATED, 0},
    {"SignatureDoesNotMatch", ENS_REASON_UNAUTHENTICATED, 0},
    {"MissingSignature", ENS_REASON_UNAUTHENTICATED, 0},
    {"MissingAuthenticationToken", ENS_REASON_UNAUTHENTICATED, 0},
    {"InvalidAuthorization", ENS_REASON_UNAUTHENTICATED, 0},
    {"InvalidCredential", ENS_REASON_UNAUTHENTICATED, 0},

    {"*FlowLimitExceeded", ENS_REASON_THROTTLED, 0},
    {"RequestLimitExceeded", ENS_REASON_THROTTLED, 0},
    {"RequestThrottled*", ENS_REASON_THROTTLED, 0},
    {"ProvisionedThroughputExceeded*", ENS_REASON_THROTTLED, 0},
    {"Throttling*", ENS_REASON_THROTTLED, 0},
    {"TooManyRequests*", ENS_REASON_THROTTLED, 0},
    {"ServiceUnavailableTemp", ENS_REASON_UNAVAILABLE, 0},
    {"InternalServiceTimeout", ENS_REASON_UNAVAILABLE, 0},
    {"InternalServiceError", ENS_REASON_UNAVAILABLE, 0},
    {"FailToConnect", ENS_REASON_UNAVAILABLE, 0},
    {"InternalError", ENS_REASON_INTERNAL, 0},
    {"UndefinedError", ENS_REASON_INTERNAL, 0},
    {"ServiceFailure", ENS_REASON_INTERNAL, 0},

    {"MissingParameter*", ENS_REASON_INVALID_ARGUMENT, 0},
    {"MissingRequestInfo", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidArgument*", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidParameter*", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidClientToken.*", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidActionOrVersion", ENS_REASON_INVALID_ARGUMENT, 0},
    {"ParameterNotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"ServiceNotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"MethodNotAllowed", ENS_REASON_INVALID_ARGUMENT, 0},
    {"LimitExceeded.*", ENS_REASON_INVALID_ARGUMENT, 0},
    {NULL, 0, 0},
};

static const struct ens_variable_row variables[] = {
    {"VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", "VOLCENGINE_SESSION_TOKEN"},
    {"VOLCSTACK_ACCESS_KEY_ID", "VOLCSTACK_SECRET_ACCESS_KEY", "VOLCSTACK_SESSION_TOKEN"},
    {"VOLCSTACK_ACCESS_KEY", "VOLCSTACK_SECRET_KEY", "VOLCSTACK_SESSION_TOKEN"},
    {"VOLC_ACCESSKEY", "VOLC_SECRETKEY", NULL},
    {NULL, NULL, NULL},
};

static const struct ens_advice_row advice[] = {
    {ENS_REASON_PERMISSION_DENIED,
     "Grant ecs:DescribeInstances and ecs:StartInstance in IAM, on the instance's project "
     "(examples/policies/volcengine-apply.json); an instance that another service made must be "
     "started from that service."},
    {ENS_REASON_INSUFFICIENT_BALANCE, "Top up the account in the Volcengine billing centre."},
    {ENS_REASON_NO_CAPACITY,
     "The zone has no stock of this instance type: try later, change the type, or stop instances "
     "with KeepCharging so that they keep their place."},
    {ENS_REASON_LOCKED,
     "Wait until the image is made, or remove the lock in the ECS console, then run again."},
    {ENS_REASON_UNAUTHENTICATED,
     "Check VOLCENGINE_ACCESS_KEY and VOLCENGINE_SECRET_KEY, and that temporary keys come with "
     "VOLCENGINE_SESSION_TOKEN and are still valid."},
    {0, NULL},
};

static const struct ens_code_advice_row code_advice[] = {
    {"InvalidClientToken.*", "Make a new plan: the cloud does not take the client token of this "
                             "one."},
    {"OperationDenied.ResourceCreatedByOtherService",
     "Start the instance from the Volcengine service that made it."},
    {NULL, NULL},
};

/* Regions that have an endpoint of their own. */
static const char *const own_gateways[] = {
    "cn-beijing-autodriving", "cn-shanghai-autodriving", "cn-beijing-selfdrive",
    "ap-southeast-2",         "ap-southeast-3",          NULL,
};

static ens_str endpoint(const struct ens_memory *memory, ens_str region)
{
    for (const char *const *own = own_gateways; *own != NULL; own++) {
        if (kit_is(region, *own)) {
            return KIT_CONCAT(memory, KIT_STR("ecs."), region, KIT_STR(".volcengineapi.com"));
        }
    }
    return KIT_STR("open.volcengineapi.com");
}

static const struct ens_trace_names trace_names = {
    .cloud = "volcengine",
    .service = "ecs",
    .describe = "DescribeInstances",
    .start = "StartInstance",
    .find = "DescribeInstances",
};

static const struct ens_provider volcengine = {
    .magic = ENS_PROVIDER_MAGIC,
    .abi_major = ENS_ABI_MAJOR,
    .abi_minor = ENS_ABI_MINOR,
    .struct_size = sizeof(volcengine),
    .capabilities = ENS_CAP_DRY_RUN | ENS_CAP_CLIENT_TOKEN,
    .name = "volcengine",
    .title = "Volcengine",
    .version = KIT_VERSION,
    .describe_limit = 100,
    .dry_run_limit = 1, /* StartInstances takes many ids, but has no DryRun */
    .start_limit = 1,   /* each start has its own client token */
    .statuses = statuses,
    .codes = codes,
    .variables = variables,
    .profile_files = volcengine_profile_files,
    .endpoint = endpoint,
    .describe_request = volcengine_describe_request,
    .start_request = volcengine_start_request,
    .sign = volcengine_sign,
    .read_describe = volcengine_read_describe,
    .read_start = volcengine_read_start,
    .advice = advice,
    .dry_run_checks = "The dry run checks parameters, format, business limits and stock.",
    .code_advice = code_advice,
    .sources = volcengine_sources,
    .credentials_step = volcengine_credentials_step,
    .default_region = "cn-beijing",
    .right_request = volcengine_right_request,
    .caller_request = volcengine_caller_request,
    .read_caller = volcengine_read_caller,
    .find_request = volcengine_find_request,
    .read_find = volcengine_read_find,
    .find_action = "ecs:DescribeInstances",
    .find_limit = 1000, /* by tags */
    .trace_names = &trace_names,
};

const struct ens_provider *ens_provider_entry(uint32_t host_major, uint32_t host_minor)
{
    (void)host_minor;
    return host_major == ENS_ABI_MAJOR ? &volcengine : NULL;
}
