/* SPDX-License-Identifier: Apache-2.0 */
/* The meaning of the clouds' error codes, written down independently of the providers' tables, from
 * the design and the clouds' documentation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fnmatch.h>

#include "support/exact_memory.h"
#include "support/providers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NONE         (-1) /* no row matches: the HTTP status decides */

static const struct {
    const char *cloud;
    const char *code;
    int reason;
    uint32_t flags;
} codes[] = {
    {"volcengine", "DryRunOperation", ENS_REASON_OK, 0},
    {"volcengine", "dryrunoperation", ENS_REASON_OK, 0},
    {"volcengine", "InvalidInstance.NotFound", ENS_REASON_NOT_FOUND, 0},
    {"volcengine", "MissingParameter", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "MissingParameter.InstanceId", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "InvalidArgument", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "InvalidParameter", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "InvalidParameter.InstanceId", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "InvalidClientToken.Malformed", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "ParameterNotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "InvalidActionOrVersion", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "ServiceNotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "MethodNotAllowed", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "MissingRequestInfo", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "LimitExceeded.MaximumInstances", ENS_REASON_INVALID_ARGUMENT, 0},
    {"volcengine", "InvalidInstanceStatus", ENS_REASON_WRONG_STATE, 0},
    {"volcengine", "IdempotentProcessing", ENS_REASON_IN_PROGRESS, 0},
    {"volcengine", "PriorRequestNotComplete", ENS_REASON_IN_PROGRESS, 0},
    {"volcengine", "OperationDenied.InstanceIsCreatingImage", ENS_REASON_LOCKED, 0},
    {"volcengine", "OperationDenied.ResourceLocked", ENS_REASON_LOCKED, 0},
    {"volcengine", "OperationDenied.SomethingNew", ENS_REASON_LOCKED, 0},
    {"volcengine", "Insufficient.Balance", ENS_REASON_INSUFFICIENT_BALANCE, 0},
    {"volcengine", "Insufficient.InstanceCapacity", ENS_REASON_NO_CAPACITY, 0},
    {"volcengine", "Insufficient.SomethingNew", ENS_REASON_NO_CAPACITY, 0},
    {"volcengine", "OperationDenied.ResourceCreatedByOtherService", ENS_REASON_PERMISSION_DENIED,
     0},
    {"volcengine", "OperationDenied.InvalidAccount", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "AccessDenied", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "AccessDeniedException", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "LackPolicy", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "LackProjectPolicy", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "RequestForbidden", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "InvalidInstance.RequestForbidden", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "AccountNotVerified", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "ErrNotVerifiedAccount", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "ProductUnsubscribed", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "ServiceNotActivated", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "ServiceShouldCallSelfApi", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "InnerApiNeedAccountInfo", ENS_REASON_PERMISSION_DENIED, 0},
    {"volcengine", "InvalidAccessKey", ENS_REASON_UNAUTHENTICATED, 0},
    {"volcengine", "InvalidAccessKeyStatus", ENS_REASON_UNAUTHENTICATED, 0},
    {"volcengine", "InvalidClientTokenId", ENS_REASON_UNAUTHENTICATED, 0},
    {"volcengine", "SignatureDoesNotMatch", ENS_REASON_UNAUTHENTICATED, 0},
    {"volcengine", "InvalidSecretToken", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED},
    {"volcengine", "SessionTokenInvalid", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED},
    {"volcengine", "ExpiredToken", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED},
    {"volcengine", "ExpiredTokenException", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED},
    {"volcengine", "AccessKeyNotExist", ENS_REASON_UNAUTHENTICATED, 0},
    {"volcengine", "AccessKeyIsExpire", ENS_REASON_UNAUTHENTICATED, 0},
    {"volcengine", "MissingSignature", ENS_REASON_UNAUTHENTICATED, 0},
    {"volcengine", "MissingAuthenticationToken", ENS_REASON_UNAUTHENTICATED, 0},
    {"volcengine", "InvalidAuthorization", ENS_REASON_UNAUTHENTICATED, 0},
    {"volcengine", "InvalidCredential", ENS_REASON_UNAUTHENTICATED, 0},
    {"volcengine", "InvalidTimestamp", ENS_REASON_CLOCK_SKEW, 0},
    {"volcengine", "RequestExpired", ENS_REASON_CLOCK_SKEW, 0},
    {"volcengine", "IdempotentParameterMismatch", ENS_REASON_TOKEN_MISMATCH, 0},
    {"volcengine", "FlowLimitExceeded", ENS_REASON_THROTTLED, 0},
    {"volcengine", "AccountFlowLimitExceeded", ENS_REASON_THROTTLED, 0},
    {"volcengine", "RequestLimitExceeded", ENS_REASON_THROTTLED, 0},
    {"volcengine", "RequestThrottledException", ENS_REASON_THROTTLED, 0},
    {"volcengine", "ProvisionedThroughputExceededException", ENS_REASON_THROTTLED, 0},
    {"volcengine", "Throttling.User", ENS_REASON_THROTTLED, 0},
    {"volcengine", "TooManyRequests", ENS_REASON_THROTTLED, 0},
    {"volcengine", "ServiceUnavailableTemp", ENS_REASON_UNAVAILABLE, 0},
    {"volcengine", "InternalServiceTimeout", ENS_REASON_UNAVAILABLE, 0},
    {"volcengine", "FailToConnect", ENS_REASON_UNAVAILABLE, 0},
    {"volcengine", "InternalServiceError", ENS_REASON_UNAVAILABLE, 0},
    {"volcengine", "InternalError", ENS_REASON_INTERNAL, 0},
    {"volcengine", "UndefinedError", ENS_REASON_INTERNAL, 0},
    {"volcengine", "ServiceFailure", ENS_REASON_INTERNAL, 0},
    {"volcengine", "SomethingNew", NONE, 0},
    {"volcengine", "InvalidInstance", NONE, 0},
    {"volcengine", "ServiceUnavailable", NONE, 0},

    {"alibaba", "DRYRUN.SUCCESS", ENS_REASON_OK, 0},
    {"alibaba", "DryRun.Success", ENS_REASON_OK, 0},
    {"alibaba", "DryRunOperation", ENS_REASON_OK, 0},
    {"alibaba", "dryrunoperation", ENS_REASON_OK, 0},
    {"alibaba", "InvalidInstanceId.NotFound", ENS_REASON_NOT_FOUND, 0},
    {"alibaba", "InvalidInstanceIds.NotFound", ENS_REASON_NOT_FOUND, 0},
    {"alibaba", "Forbidden.InstanceNotFound", ENS_REASON_NOT_FOUND, 0},
    {"alibaba", "Abs.InvalidInstanceIds.MalFormed", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "InvalidParameter", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "InvalidParameter.TooManyInstanceIds", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "MissingParameter", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "MissingRegionId", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "InvalidRegionId.NotFound", ENS_REASON_INVALID_ARGUMENT, ENS_CODE_CALL},
    {"alibaba", "InvalidZoneId.NotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "InvalidAction.NotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "InvalidApi.NotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "InvalidProduct.NotFound", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "InvalidProtocol.NeedSsl", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "InvalidVersion", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "NoSuchVersion", ENS_REASON_INVALID_ARGUMENT, ENS_CODE_CALL},
    {"alibaba", "UnsupportedParameter", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "UnsupportedHTTPMethod", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "UnsupportedOperation", ENS_REASON_INVALID_ARGUMENT, 0},
    {"alibaba", "IncorrectInstanceStatus", ENS_REASON_WRONG_STATE, 0},
    {"alibaba", "InvalidInstance.NotFoundSystemDisk", ENS_REASON_WRONG_STATE, ENS_CODE_FINAL},
    {"alibaba", "DiskError", ENS_REASON_WRONG_STATE, ENS_CODE_FINAL},
    {"alibaba", "InstanceNotReady", ENS_REASON_IN_PROGRESS, 0},
    {"alibaba", "InvalidOperation.Conflict", ENS_REASON_IN_PROGRESS, 0},
    {"alibaba", "OperationConflict", ENS_REASON_IN_PROGRESS, 0},
    {"alibaba", "IncorrectInstanceStatus.Initializing", ENS_REASON_IN_PROGRESS, 0},
    {"alibaba", "Operation.Conflict", ENS_REASON_IN_PROGRESS, 0},
    {"alibaba", "LastOrderProcessing", ENS_REASON_IN_PROGRESS, 0},
    {"alibaba", "LastRequestProcessing", ENS_REASON_IN_PROGRESS, 0},
    {"alibaba", "LastTokenProcessing", ENS_REASON_IN_PROGRESS, 0},
    {"alibaba", "InstanceLockedForSecurity", ENS_REASON_LOCKED, 0},
    {"alibaba", "OperationDenied.HostRepairing", ENS_REASON_LOCKED, 0},
    {"alibaba", "InstanceExpired", ENS_REASON_EXPIRED, 0},
    {"alibaba", "InstanceExpiredOrInArrears", ENS_REASON_EXPIRED, 0},
    {"alibaba", "InsufficientBalance", ENS_REASON_INSUFFICIENT_BALANCE, 0},
    {"alibaba", "Account.Arrearage", ENS_REASON_INSUFFICIENT_BALANCE, 0},
    {"alibaba", "OperationDenied.NoStock", ENS_REASON_NO_CAPACITY, 0},
    {"alibaba", "Invalid.PrivatePoolOptions.NoStock", ENS_REASON_NO_CAPACITY, 0},
    {"alibaba", "LackResource", ENS_REASON_NO_CAPACITY, 0},
    {"alibaba", "InvalidDedicatedHost.NotEnoughResource", ENS_REASON_NO_CAPACITY, 0},
    {"alibaba", "InvalidDedicatedHost", NONE, 0},
    {"alibaba", "OperationDenied.SpotPriceLowerThanPublicPrice", ENS_REASON_SPOT_PRICE, 0},
    {"alibaba", "InvalidParameter.KMSKeyId.CMKNotEnabled", ENS_REASON_KEY_DISABLED, 0},
    {"alibaba", "InvalidParameter.KMSKeyId.KMSUnauthorized", ENS_REASON_KEY_DISABLED, 0},
    {"alibaba", "Forbidden", ENS_REASON_PERMISSION_DENIED, 0},
    {"alibaba", "Forbidden.RAM", ENS_REASON_PERMISSION_DENIED, 0},
    {"alibaba", "Forbidden.RiskControl", ENS_REASON_PERMISSION_DENIED, 0},
    {"alibaba", "Forbidden.UserVerification", ENS_REASON_PERMISSION_DENIED, 0},
    {"alibaba", "NoPermission", ENS_REASON_PERMISSION_DENIED, 0},
    {"alibaba", "ActionUnauthorized", ENS_REASON_PERMISSION_DENIED, 0},
    {"alibaba", "InvalidAccessKeyId.NotFound", ENS_REASON_UNAUTHENTICATED, 0},
    {"alibaba", "InvalidAccessKeyId.Inactive", ENS_REASON_UNAUTHENTICATED, 0},
    {"alibaba", "SignatureDoesNotMatch", ENS_REASON_UNAUTHENTICATED, 0},
    {"alibaba", "IncompleteSignature", ENS_REASON_UNAUTHENTICATED, 0},
    {"alibaba", "InvalidSecurityToken.Expired", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED},
    {"alibaba", "InvalidSecurityToken.Malformed", ENS_REASON_UNAUTHENTICATED, 0},
    {"alibaba", "InvalidSecurityToken.MismatchWithAccessKey", ENS_REASON_UNAUTHENTICATED, 0},
    {"alibaba", "MissingSecurityToken", ENS_REASON_UNAUTHENTICATED, 0},
    {"alibaba", "InvalidTimeStamp.Expired", ENS_REASON_CLOCK_SKEW, 0},
    {"alibaba", "InvalidTimeStamp.Format", ENS_REASON_CLOCK_SKEW, 0},
    {"alibaba", "IllegalTimestamp", ENS_REASON_CLOCK_SKEW, 0},
    {"alibaba", "Throttling", ENS_REASON_THROTTLED, 0},
    {"alibaba", "Throttling.User", ENS_REASON_THROTTLED, 0},
    {"alibaba", "Throttling.Api", ENS_REASON_THROTTLED, 0},
    {"alibaba", "Rejected.Throttling", ENS_REASON_THROTTLED, 0},
    {"alibaba", "Throttling.QuotaExceeded", ENS_REASON_THROTTLED, 0},
    {"alibaba", "ServiceUnavailable", ENS_REASON_UNAVAILABLE, 0},
    {"alibaba", "ServiceUnavailable.Regional", ENS_REASON_UNAVAILABLE, 0},
    {"alibaba", "SignatureNonceUsed", ENS_REASON_UNAVAILABLE, ENS_CODE_NEW_NONCE},
    {"alibaba", "InternalError", ENS_REASON_INTERNAL, 0},
    {"alibaba", "SomethingNew", NONE, 0},

    {"baidu", "NoSuchObject", ENS_REASON_NOT_FOUND, 0},
    {"baidu", "InstanceNotFound", ENS_REASON_NOT_FOUND, 0},
    {"baidu", "ResourceNotFound", ENS_REASON_NOT_FOUND, 0},
    {"baidu", "NotFound", ENS_REASON_NOT_FOUND, 0},
    {"baidu", "InvalidInstanceId.NotFound", ENS_REASON_NOT_FOUND, 0},
    {"baidu", "Forbidden.InstanceNotFound", ENS_REASON_NOT_FOUND, 0},
    {"baidu", "BadRequest", ENS_REASON_INVALID_ARGUMENT, 0},
    {"baidu", "MalformedJSON", ENS_REASON_INVALID_ARGUMENT, 0},
    {"baidu", "InappropriateJSON", ENS_REASON_INVALID_ARGUMENT, 0},
    {"baidu", "InvalidURI", ENS_REASON_INVALID_ARGUMENT, 0},
    {"baidu", "InvalidHTTPRequest", ENS_REASON_INVALID_ARGUMENT, 0},
    {"baidu", "InvalidVersion", ENS_REASON_INVALID_ARGUMENT, 0},
    {"baidu", "PreconditionFailed", ENS_REASON_INVALID_ARGUMENT, 0},
    {"baidu", "Http400", ENS_REASON_INVALID_ARGUMENT, 0},
    {"baidu", "Instance.StartInstanceOperationForbidden", ENS_REASON_WRONG_STATE, 0},
    {"baidu", "failedInstanceIdList", ENS_REASON_WRONG_STATE, 0},
    {"baidu", "Instance.StartInstanceWhenCreating", ENS_REASON_IN_PROGRESS, 0},
    {"baidu", "Instance.ReleaseWhileCreating", ENS_REASON_IN_PROGRESS, 0},
    {"baidu", "Instance.StartExpiredInstance", ENS_REASON_EXPIRED, 0},
    {"baidu", "AccessDenied", ENS_REASON_PERMISSION_DENIED, 0},
    {"baidu", "OperationDenied", ENS_REASON_PERMISSION_DENIED, 0},
    {"baidu", "OptInRequired", ENS_REASON_PERMISSION_DENIED, 0},
    {"baidu", "QualifyNotPass", ENS_REASON_PERMISSION_DENIED, 0},
    {"baidu", "InvalidAccessKeyId", ENS_REASON_UNAUTHENTICATED, ENS_CODE_EXPIRED},
    {"baidu", "SignatureDoesNotMatch", ENS_REASON_UNAUTHENTICATED, 0},
    {"baidu", "InvalidHTTPAuthHeader", ENS_REASON_UNAUTHENTICATED, 0},
    {"baidu", "RequestExpired", ENS_REASON_CLOCK_SKEW, 0},
    {"baidu", "RequestTimeTooSkewed", ENS_REASON_CLOCK_SKEW, 0},
    {"baidu", "IdempotentParameterMismatch", ENS_REASON_TOKEN_MISMATCH, 0},
    {"baidu", "RequestThrottled", ENS_REASON_THROTTLED, 0},
    {"baidu", "BccRateLimitExceeded", ENS_REASON_THROTTLED, 0},
    {"baidu", "TooManyRequests", ENS_REASON_THROTTLED, 0},
    {"baidu", "TooFrequentRequest", ENS_REASON_THROTTLED, 0},
    {"baidu", "InternalError", ENS_REASON_INTERNAL, 0},
    {"baidu", "ServiceInternalError", ENS_REASON_INTERNAL, 0},
    {"baidu", "SomethingNew", NONE, 0},
    {"baidu", "QuotaLimitExceeded", NONE, 0},
    {"baidu", "DryRunOperation", NONE, 0},
};

static void test_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        const struct ens_code_row *row =
            test_code_row(test_provider_named(codes[i].cloud), codes[i].code);
        int reason = row == NULL ? NONE : (int)row->reason;
        uint32_t flags = row == NULL ? 0 : row->flags;
        if (reason != codes[i].reason || flags != codes[i].flags) {
            fail_msg("%s %s: reason %d, flags %u", codes[i].cloud, codes[i].code, reason, flags);
        }
    }
}

/* Codes are read from errors in XML too, with any HTTP status. */
static void test_codes_in_xml(void **state)
{
    static const uint32_t statuses[] = {400, 403, 404, 409, 412, 500};
    static const ens_str id = {"i-1", 3};
    const struct ens_call_spec call = {.struct_size = sizeof(call), .ids = &id, .id_count = 1};

    (void)state;
    for (size_t i = 0; i < COUNT(codes) * COUNT(statuses); i++) {
        const char *code = codes[i / COUNT(statuses)].code;
        const struct ens_provider *provider = test_provider_named(codes[i / COUNT(statuses)].cloud);
        struct exact_memory exact;
        struct ens_start_result start = {.struct_size = sizeof(start)};
        struct ens_describe_result read = {.struct_size = sizeof(read)};
        char body[512];
        (void)snprintf(body, sizeof(body), "<Error><Code>%s</Code><Message>m</Message></Error>",
                       code);
        const struct ens_http_reply reply = {.struct_size = sizeof(reply),
                                             .status = statuses[i % COUNT(statuses)],
                                             .body = test_str(body)};
        exact_memory_init(&exact);
        provider->read_start(&exact.memory, &call, &reply, &start);
        provider->read_describe(&exact.memory, &call, &reply, &read);
        assert_false(start.answer.malformed || read.answer.malformed);
        assert_int_equal(start.answer.code.len, strlen(code));
        assert_memory_equal(start.answer.code.ptr, code, strlen(code));
        assert_memory_equal(read.answer.code.ptr, code, strlen(code));
        exact_memory_done(&exact);
    }
}

/* Codes that have an advice of their own. */
static void test_advice_of_codes(void **state)
{
    static const struct {
        const char *cloud;
        const char *code;
        const char *part;
    } rows[] = {
        {"volcengine", "InvalidClientToken.Malformed", "client token"},
        {"volcengine", "OperationDenied.ResourceCreatedByOtherService", "service that made it"},
        {"alibaba", "InvalidInstance.NotFoundSystemDisk", "system disk"},
        {"alibaba", "DiskError", "disks"},
        {"alibaba", "InvalidRegionId.NotFound", "region"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct ens_code_advice_row *row = test_provider_named(rows[i].cloud)->code_advice;
        while (row->pattern != NULL && !fnmatch(row->pattern, rows[i].code, 0) == 0) {
            row++;
        }
        assert_non_null(row->pattern);
        assert_non_null(strstr(row->sentence, rows[i].part));
    }
}

static bool is_reached(const struct ens_provider *provider, const struct ens_code_row *row)
{
    for (size_t i = 0; i < COUNT(codes); i++) {
        if (strcmp(codes[i].cloud, provider->name) == 0 &&
            test_code_row(provider, codes[i].code) == row) {
            return true;
        }
    }
    return false;
}

/* Every row of a provider is the first match of a code above: none is shadowed by an earlier row,
 * and none is untested. */
static void test_every_row_is_reached(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        const struct ens_provider *provider = test_provider(i);
        for (const struct ens_code_row *row = provider->codes; row->pattern != NULL; row++) {
            if (!is_reached(provider, row)) {
                fail_msg("%s: no code reaches %s", provider->name, row->pattern);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_every_row_is_reached),
        cmocka_unit_test(test_codes_in_xml),
        cmocka_unit_test(test_advice_of_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
