/* Alibaba Cloud ACS3-HMAC-SHA256 ("V3 request structure and signature"), RPC style. */
#include "sign.h"

#include "clock.h"
#include "crypto.h"

#include <stdlib.h>
#include <string.h>

static const char algorithm[] = "ACS3-HMAC-SHA256";

char *emu_alibaba_canonical(const struct emu_request *request, const char *signed_headers)
{
    struct emu_text text = {0};
    char body_hash[EMU_HEX_SIZE];
    emu_sha256_hex(body_hash, emu_text_str(&request->body), request->body.len);
    emu_text_addf(&text, "%s\n%s\n", request->method, request->path);
    emu_add_canonical_query(&text, &request->params);
    emu_text_add(&text, "\n");
    emu_add_canonical_headers(&text, request, signed_headers);
    emu_text_addf(&text, "\n%s\n%s", signed_headers, body_hash);
    return emu_text_take(&text);
}

char *emu_alibaba_string_to_sign(const char *canonical)
{
    struct emu_text text = {0};
    char hash[EMU_HEX_SIZE];
    emu_sha256_hex(hash, canonical, strlen(canonical));
    emu_text_addf(&text, "%s\n%s", algorithm, hash);
    return emu_text_take(&text);
}

void emu_alibaba_signature(char ret_hex[65], const char *secret_key, const char *string_to_sign)
{
    emu_hmac_hex(ret_hex, secret_key, strlen(secret_key), string_to_sign);
}

static bool check_headers(const struct emu_request *request, struct emu_verdict *verdict)
{
    static const struct {
        const char *header, *code, *message;
    } required[] = {
        {"x-acs-action", "MissingAction", "The x-acs-action header is missing."},
        {"x-acs-version", "MissingVersion", "The x-acs-version header is missing."},
        {"x-acs-date", "MissingTimestamp", "The x-acs-date header is missing."},
        {"x-acs-signature-nonce", "MissingSignatureNonce",
         "The x-acs-signature-nonce header is missing."},
        {"x-acs-content-sha256", "IncompleteSignature",
         "The x-acs-content-sha256 header is missing."},
        {"authorization", "IncompleteSignature", "The Authorization header is missing."},
    };
    for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        if (emu_request_header_get(request, required[i].header)[0] == '\0') {
            return emu_verdict_refuse(verdict, 400, required[i].code, required[i].message);
        }
    }
    int64_t seconds = 0;
    if (!emu_time_read_extended(emu_request_header_get(request, "x-acs-date"), &seconds)) {
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

static bool check_token(const struct emu_request *request, struct emu_verdict *verdict)
{
    const char *token = emu_request_header_get(request, "x-acs-security-token");
    const char *expected = verdict->key->security_token;
    if (expected != NULL && token[0] == '\0') {
        return emu_verdict_refuse(verdict, 400, "MissingSecurityToken",
                                  "A temporary key needs its security token.");
    }
    if (verdict->key->state == EMU_KEY_TOKEN_EXPIRED) {
        return emu_verdict_refuse(verdict, 400, "InvalidSecurityToken.Expired",
                                  "The security token has expired.");
    }
    if (expected == NULL && token[0] != '\0') {
        return emu_verdict_refuse(verdict, 400, "InvalidSecurityToken.MismatchWithAccessKey",
                                  "The security token does not belong to this access key.");
    }
    return expected == NULL || strcmp(token, expected) == 0 ||
           emu_verdict_refuse(verdict, 400, "InvalidSecurityToken.Malformed",
                              "The security token is malformed.");
}

/* Every x-acs-* header that is sent, and the host, has to be signed. */
static bool check_signed_headers(const struct emu_request *request, const char *signed_headers,
                                 struct emu_verdict *verdict)
{
    for (size_t i = 0; i < request->headers.count; i++) {
        const char *name = request->headers.items[i].name;
        bool needed = emu_starts_with(name, "x-acs-") || strcmp(name, "host") == 0;
        if (needed && !emu_list_has(signed_headers, name)) {
            return emu_verdict_refuse(verdict, 400, "SignatureDoesNotMatch",
                                      "The host or an x-acs- header is not signed.");
        }
    }
    return true;
}

static bool check_signature(const struct emu_request *request, const char *signed_headers,
                            const char *claimed, struct emu_verdict *verdict)
{
    char body_hash[EMU_HEX_SIZE];
    emu_sha256_hex(body_hash, emu_text_str(&request->body), request->body.len);
    if (strcmp(emu_request_header_get(request, "x-acs-content-sha256"), body_hash) != 0) {
        return emu_verdict_refuse(verdict, 400, "SignatureDoesNotMatch",
                                  "x-acs-content-sha256 is not the hash of the body.");
    }
    char *canonical = emu_alibaba_canonical(request, signed_headers);
    char *to_sign = emu_alibaba_string_to_sign(canonical);
    char signature[EMU_HEX_SIZE];
    emu_alibaba_signature(signature, verdict->key->secret_key, to_sign);
    free(to_sign);
    if (emu_same_secret(signature, claimed)) {
        free(canonical);
        return true;
    }
    verdict->canonical = canonical;
    return emu_verdict_refuse(verdict, 400, "SignatureDoesNotMatch",
                              "Specified signature does not match our calculation.");
}

/* ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=a;b,Signature=HEX */
static void verify_claim(const struct emu_request *request, const struct emu_world *world,
                         struct emu_verdict *verdict)
{
    const char *header = emu_request_header_get(request, "authorization");
    char *access_key = emu_cut(header, " Credential=", ",");
    char *signed_headers = emu_cut(header, ",SignedHeaders=", ",");
    char *signature = emu_cut(header, ",Signature=", ",");
    if (!emu_starts_with(header, algorithm) || access_key == NULL || signed_headers == NULL ||
        signature == NULL) {
        emu_verdict_refuse(verdict, 400, "IncompleteSignature",
                           "The Authorization header is not of the form ACS3-HMAC-SHA256 "
                           "Credential=...,SignedHeaders=...,Signature=....");
    } else {
        verdict->key = emu_world_key(world, EMU_ALIBABA, access_key);
        if (verdict->key == NULL) {
            emu_verdict_refuse(verdict, 404, "InvalidAccessKeyId.NotFound",
                               "Specified access key is not found.");
        } else if (verdict->key->state == EMU_KEY_INACTIVE) {
            emu_verdict_refuse(verdict, 400, "InvalidAccessKeyId.Inactive",
                               "Specified access key is disabled.");
        } else if (check_token(request, verdict) &&
                   check_signed_headers(request, signed_headers, verdict)) {
            check_signature(request, signed_headers, signature, verdict);
        }
    }
    free(access_key);
    free(signed_headers);
    free(signature);
}

void emu_alibaba_verify(const struct emu_request *request, const struct emu_world *world,
                        struct emu_verdict *ret_verdict)
{
    *ret_verdict = (struct emu_verdict){0};
    if (check_headers(request, ret_verdict)) {
        verify_claim(request, world, ret_verdict);
    }
}
