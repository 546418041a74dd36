/* SPDX-License-Identifier: Apache-2.0 */
/* Alibaba Cloud SignatureVersion 1.0: HMAC-SHA1 over the parameters ("RPC signature method"). */
#include "sign.h"

ens_str emu_alibaba_v1_string_to_sign(const struct emu_request *request,
                                      const struct emu_fields *params)
{
    ENS_AUTO_BUF query = emu_canonical_buf();
    ENS_AUTO_BUF text = emu_canonical_buf();
    emu_add_canonical_query(&query, params);
    ens_buf_addf(&text, "%s&%%2F&", request->method.ptr);
    emu_add_encoded(&text, ens_buf_str(&query), false);
    return ens_arena_dup(request->arena, ens_buf_str(&text));
}

void emu_alibaba_v1_signature(char ret_text[EMU_SHA1_BASE64_SIZE], struct ens_arena *arena,
                              ens_str secret_key, ens_str string_to_sign)
{
    ens_str key = ens_arena_printf(arena, "%.*s&", ENS_STR_ARG(secret_key));
    emu_hmac_sha1_base64(ret_text, key, string_to_sign);
}

static bool check_params(const struct emu_fields *params, struct emu_verdict *verdict)
{
    static const struct {
        const char *name, *code, *message;
    } required[] = {
        {"Action", "MissingAction", "Action is missing."},
        {"Version", "MissingVersion", "Version is missing."},
        {"AccessKeyId", "MissingAccessKeyId", "AccessKeyId is missing."},
        {"Timestamp", "MissingTimestamp", "Timestamp is missing."},
        {"SignatureNonce", "MissingSignatureNonce", "SignatureNonce is missing."},
        {"Signature", "IncompleteSignature", "Signature is missing."},
    };
    for (size_t i = 0; i < ENS_COUNT(required); i++) {
        if (emu_fields_get(params, required[i].name).len == 0) {
            return emu_verdict_refuse(verdict, 400, required[i].code, required[i].message);
        }
    }
    return (ens_str_is(emu_fields_get(params, "SignatureMethod"), "HMAC-SHA1") &&
            ens_str_is(emu_fields_get(params, "SignatureVersion"), "1.0")) ||
           emu_verdict_refuse(verdict, 400, "IncompleteSignature",
                              "SignatureMethod must be HMAC-SHA1, SignatureVersion 1.0.");
}

static bool check_signature(const struct emu_request *request, const struct emu_fields *params,
                            struct emu_verdict *verdict)
{
    struct emu_fields rest = {.arena = request->arena};
    for (size_t i = 0; i < params->count; i++) {
        if (!ens_str_is(params->items[i].name, "Signature")) {
            emu_fields_add(&rest, params->items[i].name, params->items[i].value);
        }
    }
    ens_str text = emu_alibaba_v1_string_to_sign(request, &rest);
    char signature[EMU_SHA1_BASE64_SIZE];
    emu_alibaba_v1_signature(signature, request->arena, verdict->key->secret_key, text);
    if (emu_same_secret(ens_str_of(signature), emu_fields_get(params, "Signature"))) {
        return true;
    }
    verdict->canonical = text;
    return emu_verdict_refuse(verdict, 400, "SignatureDoesNotMatch",
                              "Specified signature does not match our calculation.");
}

void emu_alibaba_v1_verify(const struct emu_request *request, const struct emu_world *world,
                           struct emu_verdict *ret_verdict)
{
    struct emu_fields params = {.arena = request->arena};
    *ret_verdict = (struct emu_verdict){0};
    (void)emu_alibaba_params(request, &params);
    ret_verdict->nonce = emu_fields_get(&params, "SignatureNonce");
    (void)(check_params(&params, ret_verdict) &&
           emu_alibaba_check_date(request, emu_fields_get(&params, "Timestamp"), ret_verdict) &&
           emu_alibaba_check_key(request, world, emu_fields_get(&params, "AccessKeyId"),
                                 emu_fields_get(&params, "SecurityToken"), ret_verdict) &&
           check_signature(request, &params, ret_verdict));
}
