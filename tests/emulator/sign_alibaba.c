/* SPDX-License-Identifier: Apache-2.0 */
/* Alibaba Cloud ACS3-HMAC-SHA256 ("V3 request structure and signature"), RPC style. */
#include "sign.h"

static const char algorithm[] = "ACS3-HMAC-SHA256";

ens_str emu_alibaba_canonical(const struct emu_request *request, ens_str signed_headers)
{
    ENS_AUTO_BUF text = emu_canonical_buf();
    char body_hash[EMU_HEX_SIZE];
    emu_sha256_hex(body_hash, ens_buf_str(&request->body));
    ens_buf_addf(&text, "%s\n%s\n", request->method.ptr, request->path.ptr);
    emu_add_canonical_query(&text, &request->params);
    ens_buf_add_char(&text, '\n');
    emu_add_canonical_headers(&text, request, signed_headers);
    ens_buf_addf(&text, "\n%.*s\n%s", ENS_STR_ARG(signed_headers), body_hash);
    return ens_arena_dup(request->arena, ens_buf_str(&text));
}

ens_str emu_alibaba_string_to_sign(struct ens_arena *arena, ens_str canonical)
{
    char hash[EMU_HEX_SIZE];
    emu_sha256_hex(hash, canonical);
    return ens_arena_printf(arena, "%s\n%s", algorithm, hash);
}

void emu_alibaba_signature(char ret_hex[EMU_HEX_SIZE], ens_str secret_key, ens_str string_to_sign)
{
    emu_hmac_hex(ret_hex, secret_key, string_to_sign);
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
        if (emu_header(request, required[i].header).len == 0) {
            return emu_verdict_refuse(verdict, 400, required[i].code, required[i].message);
        }
    }
    return emu_alibaba_check_date(request, emu_header(request, "x-acs-date"), verdict);
}

/* Every x-acs-* header that is sent, and the host, has to be signed. */
static bool check_signed_headers(const struct emu_request *request, ens_str signed_headers,
                                 struct emu_verdict *verdict)
{
    for (size_t i = 0; i < request->headers.count; i++) {
        ens_str name = request->headers.items[i].name;
        bool needed = ens_str_starts(name, ENS_STR("x-acs-")) || ens_str_is(name, "host");
        if (needed && !emu_list_has(signed_headers, name)) {
            return emu_verdict_refuse(verdict, 400, "SignatureDoesNotMatch",
                                      "The host or an x-acs- header is not signed.");
        }
    }
    return true;
}

static bool check_signature(const struct emu_request *request, ens_str signed_headers,
                            ens_str claimed, struct emu_verdict *verdict)
{
    char body_hash[EMU_HEX_SIZE];
    emu_sha256_hex(body_hash, ens_buf_str(&request->body));
    if (!ens_str_is(emu_header(request, "x-acs-content-sha256"), body_hash)) {
        return emu_verdict_refuse(verdict, 400, "SignatureDoesNotMatch",
                                  "x-acs-content-sha256 is not the hash of the body.");
    }
    ens_str canonical = emu_alibaba_canonical(request, signed_headers);
    char signature[EMU_HEX_SIZE];
    emu_alibaba_signature(signature, verdict->key->secret_key,
                          emu_alibaba_string_to_sign(request->arena, canonical));
    if (emu_same_secret(ens_str_of(signature), claimed)) {
        return true;
    }
    verdict->canonical = canonical;
    return emu_verdict_refuse(verdict, 400, "SignatureDoesNotMatch",
                              "Specified signature does not match our calculation.");
}

/* Authorization: ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=a;b,Signature=HEX */
static bool verify(const struct emu_request *request, const struct emu_world *world,
                   struct emu_verdict *verdict)
{
    ens_str header = emu_header(request, "authorization");
    ens_str access_key = emu_between(header, " Credential=", ",");
    ens_str signed_headers = emu_between(header, ",SignedHeaders=", ",");
    ens_str signature = emu_between(header, ",Signature=", ",");
    if (!ens_str_starts(header, ens_str_of(algorithm)) || access_key.ptr == NULL ||
        signed_headers.ptr == NULL || signature.ptr == NULL) {
        return emu_verdict_refuse(verdict, 400, "IncompleteSignature",
                                  "The Authorization header is not of the form ACS3-HMAC-SHA256 "
                                  "Credential=...,SignedHeaders=...,Signature=....");
    }
    verdict->nonce = emu_header(request, "x-acs-signature-nonce");
    return emu_alibaba_check_key(request, world, access_key,
                                 emu_header(request, "x-acs-security-token"), verdict) &&
           check_signed_headers(request, signed_headers, verdict) &&
           check_signature(request, signed_headers, signature, verdict);
}

void emu_alibaba_verify(const struct emu_request *request, const struct emu_world *world,
                        struct emu_verdict *ret_verdict)
{
    *ret_verdict = (struct emu_verdict){0};
    if (check_headers(request, ret_verdict)) {
        (void)verify(request, world, ret_verdict);
    }
}
