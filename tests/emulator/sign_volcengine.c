/* SPDX-License-Identifier: Apache-2.0 */
/* Volcengine HMAC-SHA256, in the Authorization header ("Signature method" of its API guide). */
#include "sign.h"

#include "number.h"

#include <string.h>

enum { MAX_REGION = 32, DAY_LENGTH = 8 };

/* The parts of an Authorization header. */
struct claim {
    ens_str access_key;
    ens_str scope; /* DAY/REGION/SERVICE/request */
    ens_str day, service;
    ens_str signed_headers;
    ens_str signature;
};

/* The host is signed without a default port. */
static void add_headers(struct ens_buf *buf, const struct emu_request *request,
                        ens_str signed_headers)
{
    ENS_AUTO_BUF headers = emu_canonical_buf();
    emu_add_canonical_headers(&headers, request, signed_headers);
    ens_str text = ens_buf_str(&headers);
    ens_str host = emu_between(text, "host:", "\n");
    size_t drop = ens_str_ends(host, ENS_STR(":443"))  ? strlen(":443")
                  : ens_str_ends(host, ENS_STR(":80")) ? strlen(":80")
                                                       : 0;
    if (drop > 0) {
        size_t end = (size_t)(host.ptr - text.ptr) + host.len;
        ens_buf_add(buf, (ens_str){text.ptr, end - drop});
        text = (ens_str){text.ptr + end, text.len - end};
    }
    ens_buf_add(buf, text);
}

ens_str emu_volcengine_canonical(const struct emu_request *request, ens_str signed_headers)
{
    ENS_AUTO_BUF text = emu_canonical_buf();
    char body_hash[EMU_HEX_SIZE];
    emu_sha256_hex(body_hash, ens_buf_str(&request->body));
    ens_buf_addf(&text, "%s\n", request->method.ptr);
    emu_add_canonical_path(&text, request);
    ens_buf_add_char(&text, '\n');
    emu_add_canonical_query(&text, &request->params);
    ens_buf_add_char(&text, '\n');
    add_headers(&text, request, signed_headers);
    ens_buf_addf(&text, "\n%.*s\n%s", ENS_STR_ARG(signed_headers), body_hash);
    return ens_arena_dup(request->arena, ens_buf_str(&text));
}

ens_str emu_volcengine_string_to_sign(struct ens_arena *arena, ens_str canonical, ens_str date,
                                      ens_str scope)
{
    char hash[EMU_HEX_SIZE];
    emu_sha256_hex(hash, canonical);
    return ens_arena_printf(arena, "HMAC-SHA256\n%.*s\n%.*s\n%s", ENS_STR_ARG(date),
                            ENS_STR_ARG(scope), hash);
}

void emu_volcengine_signature(char ret_hex[EMU_HEX_SIZE], ens_str secret_key, ens_str scope,
                              ens_str string_to_sign)
{
    unsigned char macs[2][EMU_HASH_SIZE];
    ens_str key = secret_key;
    for (int i = 0; scope.len > 0; i = 1 - i) {
        emu_hmac(macs[i], key, ens_str_cut(scope, '/', &scope));
        key = (ens_str){(const char *)macs[i], EMU_HASH_SIZE};
    }
    emu_hmac_hex(ret_hex, key, string_to_sign);
}

/* KEY/DAY/REGION/SERVICE/request */
static bool read_credential(ens_str credential, struct claim *claim, ens_str *ret_region)
{
    ens_str rest = {0}, last = {0};
    claim->access_key = ens_str_cut(credential, '/', &claim->scope);
    claim->day = ens_str_cut(claim->scope, '/', &rest);
    *ret_region = ens_str_cut(rest, '/', &rest);
    claim->service = ens_str_cut(rest, '/', &last);
    return ens_str_is(last, "request") && ret_region->len <= MAX_REGION;
}

/* HMAC-SHA256 Credential=AK/DAY/REGION/SERVICE/request, SignedHeaders=a;b, Signature=HEX */
static bool read_claim(ens_str header, struct claim *claim, struct emu_verdict *verdict)
{
    if (header.len == 0) {
        return emu_verdict_refuse(verdict, 401, "MissingAuthenticationToken",
                                  "The request has no Authorization header.");
    }
    claim->signed_headers = emu_between(header, "SignedHeaders=", ", ");
    claim->signature = emu_between(header, "Signature=", ", ");
    ens_str credential = emu_between(header, "HMAC-SHA256 Credential=", ", ");
    if (claim->signature.ptr == NULL) {
        return emu_verdict_refuse(verdict, 401, "MissingSignature",
                                  "The Authorization header has no signature.");
    }
    if (!ens_str_starts(header, ENS_STR("HMAC-SHA256 Credential=")) ||
        claim->signed_headers.ptr == NULL) {
        return emu_verdict_refuse(verdict, 400, "InvalidAuthorization",
                                  "The Authorization header is not of the form HMAC-SHA256 "
                                  "Credential=..., SignedHeaders=..., Signature=....");
    }
    ens_str region = {0};
    if (!read_credential(credential, claim, &region)) {
        return emu_verdict_refuse(verdict, 400, "InvalidCredential",
                                  "The credential is not of the form "
                                  "KEY/DAY/REGION/SERVICE/request.");
    }
    verdict->region = region;
    return true;
}

static bool check_date(const struct emu_request *request, const struct claim *claim,
                       struct emu_verdict *verdict)
{
    ens_str date = emu_header(request, "x-date");
    int64_t seconds = 0;
    if (!emu_date_read_basic(date, &seconds)) {
        return emu_verdict_refuse(verdict, 400, "InvalidTimestamp",
                                  "The X-Date header is missing or not of the form "
                                  "YYYYMMDDTHHMMSSZ.");
    }
    int64_t off = request->wall_ms / 1000 - seconds;
    if (off > EMU_CLOCK_WINDOW_S || off < -EMU_CLOCK_WINDOW_S) {
        return emu_verdict_refuse(verdict, 400, "InvalidTimestamp",
                                  "The request is too old, or from the future.");
    }
    return ens_str_eq((ens_str){date.ptr, DAY_LENGTH}, claim->day) ||
           emu_verdict_refuse(verdict, 400, "InvalidCredential",
                              "The day of the credential is not that of X-Date.");
}

static bool check_token(const struct emu_request *request, const struct claim *claim,
                        struct emu_verdict *verdict)
{
    ens_str expected = verdict->key->security_token;
    if (!ens_str_eq(emu_header(request, "x-security-token"), expected) ||
        verdict->key->state == EMU_KEY_TOKEN_EXPIRED) {
        return emu_verdict_refuse(verdict, 401, "InvalidSecretToken",
                                  "The security token is missing, wrong or expired.");
    }
    if (expected.len > 0 && !emu_list_has(claim->signed_headers, ENS_STR("x-security-token"))) {
        return emu_verdict_refuse(verdict, 401, "SignatureDoesNotMatch",
                                  "The X-Security-Token header is not signed.");
    }
    return true;
}

static bool check_signature(const struct emu_request *request, const struct claim *claim,
                            struct emu_verdict *verdict)
{
    if (!emu_list_has(claim->signed_headers, ENS_STR("x-date"))) {
        return emu_verdict_refuse(verdict, 401, "SignatureDoesNotMatch",
                                  "The X-Date header is not signed.");
    }
    ens_str content_hash = emu_header(request, "x-content-sha256");
    char body_hash[EMU_HEX_SIZE];
    emu_sha256_hex(body_hash, ens_buf_str(&request->body));
    if (content_hash.len > 0 && !ens_str_is(content_hash, body_hash)) {
        return emu_verdict_refuse(verdict, 401, "SignatureDoesNotMatch",
                                  "X-Content-Sha256 is not the hash of the body.");
    }
    ens_str canonical = emu_volcengine_canonical(request, claim->signed_headers);
    ens_str to_sign = emu_volcengine_string_to_sign(request->arena, canonical,
                                                    emu_header(request, "x-date"), claim->scope);
    char signature[EMU_HEX_SIZE];
    emu_volcengine_signature(signature, verdict->key->secret_key, claim->scope, to_sign);
    if (emu_same_secret(ens_str_of(signature), claim->signature)) {
        return true;
    }
    verdict->canonical = canonical;
    return emu_verdict_refuse(verdict, 401, "SignatureDoesNotMatch",
                              "The signature that we calculated is not the one given. Check the "
                              "secret key and how it was signed.");
}

static bool verify(const struct emu_request *request, const struct emu_world *world,
                   struct claim *claim, struct emu_verdict *verdict)
{
    if (!read_claim(emu_header(request, "authorization"), claim, verdict)) {
        return false;
    }
    verdict->key = emu_find_key(request, world, EMU_VOLCENGINE, claim->access_key);
    if (verdict->key == NULL || verdict->key->state == EMU_KEY_INACTIVE) {
        return emu_verdict_refuse(verdict, 401, "InvalidAccessKey",
                                  "The access key does not exist or is disabled.");
    }
    if (!check_date(request, claim, verdict) || !check_token(request, claim, verdict) ||
        !check_signature(request, claim, verdict)) {
        return false;
    }
    return ens_str_is(claim->service, request->service == EMU_STS ? "sts" : "ecs") ||
           emu_verdict_refuse(verdict, 404, "ServiceNotFound", "There is no such service.");
}

void emu_volcengine_verify(const struct emu_request *request, const struct emu_world *world,
                           struct emu_verdict *ret_verdict)
{
    struct claim claim = {0};
    *ret_verdict = (struct emu_verdict){0};
    (void)verify(request, world, &claim, ret_verdict);
}
