/* SPDX-License-Identifier: Apache-2.0 */
/* Baidu BCC: the descriptor, its tables, and the endpoints. */
#include "baidu/calls.h"
#include "baidu/credentials.h"
#include "baidu/profile.h"
#include "baidu/sign.h"
#include "kit/text.h"

static const struct ens_status_row statuses[] = {
    {"Running", ENS_STATUS_RUNNING, ENS_REASON_OK},
    {"Starting", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"Stopped", ENS_STATUS_STOPPED, ENS_REASON_OK},
    {"Stopping", ENS_STATUS_STOPPING, ENS_REASON_OK},
    {"Scaling", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"VolumeResizing", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"BillingChanging", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"ChangeSubnet", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"ChangeVpc", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"AttachingPort", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"DetachingPort", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"Moving", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"SnapshotProcessing", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"ImageProcessing", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"Recharging", ENS_STATUS_BUSY, ENS_REASON_OK},
    {"Error", ENS_STATUS_FAILED, ENS_REASON_OK},
    {"Expired", ENS_STATUS_FAILED, ENS_REASON_EXPIRED},
    {"Recycled", ENS_STATUS_FAILED, ENS_REASON_EXPIRED},
    {"Deleted", ENS_STATUS_DELETING, ENS_REASON_NOT_FOUND},
    {NULL, 0, 0},
};

/* From the BCC API pages of start and batch start, then the common errors (Ojwvyo6nc). */
static const struct ens_code_row codes[] = {
    {"Instance.StartInstanceOperationForbidden", ENS_REASON_WRONG_STATE, 0},
    {BAIDU_CODE_FAILED_IN_BATCH, ENS_REASON_WRONG_STATE, 0},
    {"Instance.StartInstanceWhenCreating", ENS_REASON_IN_PROGRESS, 0},
    {"Instance.ReleaseWhileCreating", ENS_REASON_IN_PROGRESS, 0},
    {"Instance.StartExpiredInstance", ENS_REASON_EXPIRED, 0},

    {"NoSuchObject", ENS_REASON_NOT_FOUND, 0},
    {"InstanceNotFound", ENS_REASON_NOT_FOUND, 0},
    {"ResourceNotFound", ENS_REASON_NOT_FOUND, 0},
    {"Forbidden.InstanceNotFound", ENS_REASON_NOT_FOUND, 0},
    {"NotFound", ENS_REASON_NOT_FOUND, 0},
    {"*.NotFound", ENS_REASON_NOT_FOUND, 0},

    {"AccessDenied", ENS_REASON_PERMISSION_DENIED, 0},
    {"OperationDenied", ENS_REASON_PERMISSION_DENIED, 0},
    {"OptInRequired", ENS_REASON_PERMISSION_DENIED, 0},
    {"QualifyNotPass", ENS_REASON_PERMISSION_DENIED, 0}, /* real-name verification is missing */
    {"RequestExpired", ENS_REASON_CLOCK_SKEW, 0},
    {"RequestTimeTooSkewed", ENS_REASON_CLOCK_SKEW, 0},
    {"InvalidAccessKeyId", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED}, /* or a wrong one */
    {"SignatureDoesNotMatch", ENS_REASON_UNAUTHENTICATED, 0},
    {"InvalidHTTPAuthHeader", ENS_REASON_UNAUTHENTICATED, 0},
    {"IdempotentParameterMismatch", ENS_REASON_TOKEN_MISMATCH, 0},

    /* No code for throttling is documented; these patterns match the usual names. */
    {"*Throttl*", ENS_REASON_THROTTLED, 0},
    {"*RateLimit*", ENS_REASON_THROTTLED, 0},
    {"*TooMany*", ENS_REASON_THROTTLED, 0},
    {"*Frequen*", ENS_REASON_THROTTLED, 0},
    {"InternalError", ENS_REASON_INTERNAL, 0},
    {"ServiceInternalError", ENS_REASON_INTERNAL, 0},

    {"BadRequest", ENS_REASON_INVALID_ARGUMENT, 0},
    {"Http400", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidHTTPRequest", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidURI", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InvalidVersion", ENS_REASON_INVALID_ARGUMENT, 0},
    {"MalformedJSON", ENS_REASON_INVALID_ARGUMENT, 0},
    {"InappropriateJSON", ENS_REASON_INVALID_ARGUMENT, 0},
    {"PreconditionFailed", ENS_REASON_INVALID_ARGUMENT, 0},
    {NULL, 0, 0},
};

static const struct ens_variable_row variables[] = {
    {"BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY", "BCE_SECURITY_TOKEN"},
    {"BAIDUCLOUD_ACCESS_KEY", "BAIDUCLOUD_SECRET_KEY", "BAIDUCLOUD_SESSION_TOKEN"},
    {NULL, NULL, NULL},
};

static const struct ens_advice_row advice[] = {
    {ENS_REASON_PERMISSION_DENIED,
     "Grant the user permission to read and to operate BCC instances in IAM "
     "(examples/policies/baidu-apply.json), and check that the account's real name is verified."},
    {ENS_REASON_EXPIRED,
     "Renew the instance in the BCC console; one in the recycle bin must be recovered first."},
    {ENS_REASON_UNAUTHENTICATED,
     "Check BCE_ACCESS_KEY_ID and BCE_SECRET_ACCESS_KEY, and that temporary keys come with "
     "BCE_SECURITY_TOKEN and are still valid."},
    {0, NULL},
};

static ens_str endpoint(const struct ens_memory *memory, ens_str region)
{
    return KIT_CONCAT(memory, KIT_STR("bcc."), region, KIT_STR(".baidubce.com"));
}

/* There is no name of this cloud in the conventions, and none of its requests in the vendor's API
 * pages: these are the functions of its SDK for Go. */
static const struct ens_trace_names trace_names = {
    .cloud = "baidu",
    .service = "bcc",
    .describe = "ListInstanceByInstanceIds",
    .start = "StartInstance",
    .find = "ListInstances",
};

static const struct ens_provider baidu = {
    .magic = ENS_PROVIDER_MAGIC,
    .abi_major = ENS_ABI_MAJOR,
    .abi_minor = ENS_ABI_MINOR,
    .struct_size = sizeof(baidu),
    .capabilities = 0, /* no dry run, no token */
    .name = "baidu",
    .title = "Baidu AI Cloud",
    .version = KIT_VERSION,
    .describe_limit = 100,
    .start_limit = 100,
    .statuses = statuses,
    .codes = codes,
    .variables = variables,
    .profile_files = baidu_profile_files,
    .endpoint = endpoint,
    .describe_request = baidu_describe_request,
    .start_request = baidu_start_request,
    .sign = baidu_sign,
    .read_describe = baidu_read_describe,
    .read_start = baidu_read_start,
    .advice = advice,
    .sources = baidu_sources,
    .credentials_step = baidu_credentials_step,
    .default_region = "bj",
    .right_request = baidu_right_request,
    .find_request = baidu_find_request,
    .read_find = baidu_read_find,
    .find_action = "GET /v2/instance",
    .trace_names = &trace_names,
};

const struct ens_provider *ens_provider_entry(uint32_t host_major, uint32_t host_minor)
{
    (void)host_minor;
    return host_major == ENS_ABI_MAJOR ? &baidu : NULL;
}
