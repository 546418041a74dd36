/* SPDX-License-Identifier: Apache-2.0 */
#include "documented.h"

#include "base/rc.h"

#include <string.h>

struct documented_row {
    const char *code;
    const char *message;
};

static const char signature_differs[] =
    "The request signature we calculated does not match the signature you provided. Check your "
    "Secret Access Key and signing method. Consult the service documentation for details.";

/* StartInstance (document 6396/70467), StartInstances (6396/101068), common errors (6408/78947,
 * 6369/68677). Texts with a placeholder are not
 * listed: the caller formats them. */
static const struct documented_row volcengine[] = {
    {"MissingParameter.InstanceId", "The required parameter InstanceId is not supplied."},
    {"InvalidInstanceStatus",
     "The status of the specified instance does not support this request."},
    {"Insufficient.Balance", "The request is denied due to the lack of balance."},
    {"IdempotentParameterMismatch",
     "The request uses the same client token as a previous, but non-identical request. Do not "
     "reuse a client token with different requests, unless the requests are identical."},
    {"InvalidClientToken.Malformed", "The specified ClientToken is malformed."},
    {"InvalidInstance.NotFound", "The specified instance does not exist."},
    {"MissingAuthenticationToken", "Request is missing Authentication Token"},
    {"MissingSignature", "The request is missing signature."},
    {"InvalidTimestamp", "The Signature of the request is expired"},
    {"SignatureDoesNotMatch", signature_differs},
    {"LackPolicy", "Request was rejected because of lack of policy."},
    {"LackProjectPolicy", "Request was rejected because of lack of project policy."},
    {"InvalidAuthorization", "Invalid 'Authorization' header, Pls check authorization header."},
    {"InvalidCredential",
     "Invalid credential in 'Authorization', Pls check credential in authorization header."},
    {"InnerApiNeedAccountInfo", "The inner request should have account info"},
    {"AccessDeniedException", "You do not have sufficient access to perform this action."},
    {NULL, NULL},
};

/* StartInstances (help 155374), StartInstance (help 25500), common errors of the gateway. */
static const struct documented_row alibaba[] = {
    {"DRYRUN.SUCCESS", "This request is a dryrun request with successful result."},
    {"DryRunOperation", "Request validation has been passed with DryRun flag set."},
    {"InvalidParameter.KMSKeyId.CMKNotEnabled", "The CMK needs to be enabled."},
    {"InvalidParameter.KMSKeyId.KMSUnauthorized",
     "ECS service account have no right to access your KMS."},
    {"Invalid.PrivatePoolOptions.NoStock", "The PrivatePool has been used up."},
    {"LackResource", "There's no enough resource on the specified capacity reservation."},
    {"InvalidDedicatedHost.NotEnoughResource",
     "There's no available dedicated host to perform the operation."},
    {"InvalidInstance.NotFoundSystemDisk", "The specified instance does not have system disk."},
    {"InvalidParameter.TooManyInstanceIds", "Instance ids cannot be more than 100."},
    {"Abs.InvalidInstanceIds.MalFormed", "The specified instanceIds is not valid."},
    {"IncorrectInstanceStatus",
     "The current status of the resource does not support this operation."},
    {"InstanceLockedForSecurity",
     "The specified operation is denied as your instance is locked for security reasons."},
    {"InstanceExpired", "The prePaid instance has been expired."},
    {"InsufficientBalance", "Your account does not have enough balance."},
    {"DiskError", "IncorrectDiskStatus."},
    {"InstanceNotReady", "The specified instance is not ready for use."},
    {"OperationDenied.NoStock",
     "The requested resource is sold out in the specified zone; try other types of resources or "
     "other regions and zones."},
    {"OperationDenied.SpotPriceLowerThanPublicPrice",
     "The spot instance price is lower than public price."},
    {"OperationDenied.HostRepairing",
     "The specified operation is denied as the host of ECS instance is being repaired."},
    {"InvalidInstanceIds.NotFound", "The specified InstanceIds does not exist."},
    {"InvalidInstanceId.NotFound", "The specified InstanceId does not exist."},
    {"InvalidOperation.Conflict",
     "Request was denied due to conflict with a previous request, please try again later."},
    {"InternalError", "The request processing has failed due to some unknown error."},
    {"ServiceUnavailable", "The request has failed due to a temporary failure of the server."},
    {"InvalidAccessKeyId.NotFound", "Specified access key is not found."},
    {"InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."},
    {"InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."},
    {"SignatureNonceUsed", "Specified signature nonce was used already."},
    {"SignatureDoesNotMatch", "Specified signature is not matched with our calculation."},
    {"Throttling.User", "Request was denied due to user flow control."},
    {"InvalidApi.NotFound", "Specified api is not found,please check your url and method."},
    {"InvalidAction.NotFound", "Specified api is not found, please check your url and method."},
    {"MissingSecurityToken", "SecurityToken is mandatory for this action."},
    {"MissingTimestamp", "Timestamp is mandatory for this action."},
    {"MissingSignatureNonce", "SignatureNonce is mandatory for this action."},
    {"MissingAction", "Action is mandatory for this action."},
    {"MissingVersion", "Version is mandatory for this action."},
    {NULL, NULL},
};

/* "Start an instance" (Mjwvyobl0) and "BCC error codes" (Ojwvyo6nc). */
static const struct documented_row baidu[] = {
    {"Instance.StartInstanceOperationForbidden", "Instance not stopped when starting."},
    {"Instance.StartInstanceWhenCreating", "Instance creating when starting."},
    {"Instance.StartExpiredInstance", "Instance expired when starting."},
    {"AccessDenied", "Access denied."},
    {"InappropriateJSON",
     "The JSON you provided was well-formed and valid, but not appropriate for this operation."},
    {"InternalError", "We encountered an internal error Please try again."},
    {"InvalidAccessKeyId", "The Access Key ID you provided does not exist in our records."},
    {"InvalidHTTPAuthHeader",
     "The HTTP authorization header is invalid. Consult the service documentation for details."},
    {"InvalidHTTPRequest", "There was an error in the body of your HTTP request."},
    {"InvalidURI", "Could not parse the specified URI."},
    {"MalformedJSON", "The JSON you provided was not well-formed."},
    {"InvalidVersion", "The API version specified was invalid."},
    {"OptInRequired", "A subscription for the service is required."},
    {"PreconditionFailed", "The specified If-Match header doesn't match the ETag header."},
    {"IdempotentParameterMismatch",
     "The request uses the same client token as a previous, but non-identical request."},
    {"SignatureDoesNotMatch", signature_differs},
    {NULL, NULL},
};

const char *emu_documented(enum emu_cloud cloud, const char *code, const char *otherwise)
{
    static const struct documented_row *const tables[EMU_CLOUDS] = {
        [EMU_VOLCENGINE] = volcengine, [EMU_ALIBABA] = alibaba, [EMU_BAIDU] = baidu};
    for (const struct documented_row *row = tables[cloud]; row->code != NULL; row++) {
        if (strcmp(row->code, code) == 0) {
            return row->message;
        }
    }
    return otherwise;
}
