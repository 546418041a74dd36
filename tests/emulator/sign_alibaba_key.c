/* SPDX-License-Identifier: Apache-2.0 */
/* Common to the two signature schemes of Alibaba Cloud: parameters, dates, keys and tokens. */
#include "number.h"
#include "sign.h"

bool emu_alibaba_params(const struct emu_request *request, struct emu_fields *params)
{
    bool ok = emu_query_read(request->query, params);
    if (ens_str_starts(emu_header(request, "content-type"),
                       ENS_STR("application/x-www-form-urlencoded"))) {
        ok = emu_query_read(ens_buf_str(&request->body), params) && ok;
    }
    return ok;
}

bool emu_alibaba_is_v1(const struct emu_request *request)
{
    struct emu_fields params = {.arena = request->arena};
    if (emu_header(request, "authorization").len > 0) {
        return false;
    }
    (void)emu_alibaba_params(request, &params);
    return emu_fields_get(&params, "Signature").ptr != NULL ||
           emu_fields_get(&params, "SignatureVersion").ptr != NULL;
}

bool emu_alibaba_check_date(const struct emu_request *request, ens_str date,
                            struct emu_verdict *verdict)
{
    int64_t seconds = 0;
    if (!emu_date_read_extended(date, &seconds)) {
        return emu_verdict_refuse(verdict, 400, "InvalidTimeStamp.Format",
                                  "The date is not of the form YYYY-MM-DDTHH:MM:SSZ.");
    }
    int64_t off = request->wall_ms / 1000 - seconds;
    if (off > EMU_CLOCK_WINDOW_S || off < -EMU_CLOCK_WINDOW_S) {
        return emu_verdict_refuse(verdict, 400, "InvalidTimeStamp.Expired",
                                  "The date is more than 15 minutes from the server's.");
    }
    return true;
}

static bool check_token(ens_str token, struct emu_verdict *verdict)
{
    ens_str expected = verdict->key->security_token;
    if (expected.len > 0 && token.len == 0) {
        return emu_verdict_refuse(verdict, 400, "MissingSecurityToken",
                                  "A temporary key needs its security token.");
    }
    if (verdict->key->state == EMU_KEY_TOKEN_EXPIRED) {
        return emu_verdict_refuse(verdict, 400, "InvalidSecurityToken.Expired",
                                  "The security token has expired.");
    }
    if (expected.len == 0 && token.len > 0) {
        return emu_verdict_refuse(verdict, 400, "InvalidSecurityToken.MismatchWithAccessKey",
                                  "The security token does not belong to this access key.");
    }
    return ens_str_eq(token, expected) ||
           emu_verdict_refuse(verdict, 400, "InvalidSecurityToken.Malformed",
                              "The security token is malformed.");
}

bool emu_alibaba_check_key(const struct emu_request *request, const struct emu_world *world,
                           ens_str access_key, ens_str token, struct emu_verdict *verdict)
{
    verdict->key = emu_find_key(request, world, EMU_ALIBABA, access_key);
    if (verdict->key == NULL) {
        return emu_verdict_refuse(verdict, 404, "InvalidAccessKeyId.NotFound",
                                  "Specified access key is not found.");
    }
    if (verdict->key->state == EMU_KEY_INACTIVE) {
        return emu_verdict_refuse(verdict, 400, "InvalidAccessKeyId.Inactive",
                                  "Specified access key is disabled.");
    }
    return check_token(token, verdict);
}
