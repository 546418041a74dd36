/* Volcengine HMAC-SHA256, in the Authorization header ("Signature method" of its API guide). */
#include "sign.h"

#include "clock.h"
#include "crypto.h"

#include <stdlib.h>
#include <string.h>

/* The parts of an Authorization header. */
struct claim {
    char *access_key;
    char *scope; /* DAY/REGION/SERVICE/request */
    char *day, *service;
    char *signed_headers;
    char *signature;
};

char *emu_volcengine_canonical(const struct emu_request *request, const char *signed_headers)
{
    struct emu_text text = {0};
    char *path = emu_percent_decode(request->path, strlen(request->path), false);
    emu_text_addf(&text, "%s\n", request->method);
    emu_text_add_encoded(&text, path == NULL ? request->path : path, true);
    emu_text_add(&text, "\n");
    free(path);
    emu_add_canonical_query(&text, &request->params);
    emu_text_add(&text, "\n");
    struct emu_text headers = {0};
    emu_add_canonical_headers(&headers, request, signed_headers);
    /* The host is signed without a default port. */
    char *host_line = strstr(emu_text_str(&headers), "host:");
    char *line_end = host_line == NULL ? NULL : strchr(host_line, '\n');
    size_t drop = 0;
    if (line_end != NULL && line_end - host_line > 4) {
        drop = strncmp(line_end - 3, ":80", 3) == 0 ? 3 : 0;
        drop = strncmp(line_end - 4, ":443", 4) == 0 ? 4 : drop;
    }
    if (drop > 0) {
        emu_text_add_n(&text, headers.data, (size_t)(line_end - headers.data) - drop);
        emu_text_add(&text, line_end);
    } else {
        emu_text_add(&text, emu_text_str(&headers));
    }
    emu_text_done(&headers);
    char body_hash[EMU_HEX_SIZE];
    emu_sha256_hex(body_hash, emu_text_str(&request->body), request->body.len);
    emu_text_addf(&text, "\n%s\n%s", signed_headers, body_hash);
    return emu_text_take(&text);
}

char *emu_volcengine_string_to_sign(const char *canonical, const char *date, const char *scope)
{
    struct emu_text text = {0};
    char hash[EMU_HEX_SIZE];
    emu_sha256_hex(hash, canonical, strlen(canonical));
    emu_text_addf(&text, "HMAC-SHA256\n%s\n%s\n%s", date, scope, hash);
    return emu_text_take(&text);
}

void emu_volcengine_signature(char ret_hex[65], const char *secret_key, const char *scope,
                              const char *string_to_sign)
{
    unsigned char key[EMU_HASH_SIZE];
    const void *secret = secret_key;
    size_t secret_len = strlen(secret_key);
    while (*scope != '\0') {
        size_t len = strcspn(scope, "/");
        char *part = emu_copy_n(scope, len);
        unsigned char next[EMU_HASH_SIZE];
        emu_hmac(next, secret, secret_len, part);
        free(part);
        memcpy(key, next, sizeof(key));
        secret = key;
        secret_len = sizeof(key);
        scope += len + (scope[len] == '/' ? 1 : 0);
    }
    emu_hmac_hex(ret_hex, secret, secret_len, string_to_sign);
}

static void claim_done(struct claim *claim)
{
    free(claim->access_key);
    free(claim->scope);
    free(claim->day);
    free(claim->service);
    free(claim->signed_headers);
    free(claim->signature);
}

/* HMAC-SHA256 Credential=AK/DAY/REGION/SERVICE/request, SignedHeaders=a;b, Signature=HEX */
static bool read_claim(const char *header, struct claim *claim, struct emu_verdict *verdict)
{
    if (header[0] == '\0') {
        return emu_verdict_refuse(verdict, 401, "MissingAuthenticationToken",
                                  "The request has no Authorization header.");
    }
    claim->signed_headers = emu_cut(header, "SignedHeaders=", ", ");
    claim->signature = emu_cut(header, "Signature=", ", ");
    char *credential = emu_cut(header, "HMAC-SHA256 Credential=", ", ");
    if (claim->signature == NULL) {
        free(credential);
        return emu_verdict_refuse(verdict, 401, "MissingSignature",
                                  "The Authorization header has no signature.");
    }
    if (credential == NULL || claim->signed_headers == NULL ||
        !emu_starts_with(header, "HMAC-SHA256 Credential=")) {
        free(credential);
        return emu_verdict_refuse(verdict, 400, "InvalidAuthorization",
                                  "The Authorization header is not of the form HMAC-SHA256 "
                                  "Credential=..., SignedHeaders=..., Signature=....");
    }
    char *rest = credential;
    char *parts[5] = {0};
    for (int i = 0; i < 5 && rest != NULL; i++) {
        parts[i] = strsep(&rest, "/");
    }
    bool ok = parts[4] != NULL && rest == NULL && strcmp(parts[4], "request") == 0 &&
              strlen(parts[2]) < sizeof(verdict->region);
    if (ok) {
        struct emu_text scope = {0};
        emu_text_addf(&scope, "%s/%s/%s/%s", parts[1], parts[2], parts[3], parts[4]);
        claim->scope = emu_text_take(&scope);
        claim->access_key = emu_copy(parts[0]);
        claim->day = emu_copy(parts[1]);
        memcpy(verdict->region, parts[2], strlen(parts[2]) + 1);
        claim->service = emu_copy(parts[3]);
    }
    free(credential);
    return ok || emu_verdict_refuse(verdict, 400, "InvalidCredential",
                                    "The credential is not of the form "
                                    "KEY/DAY/REGION/SERVICE/request.");
}

static bool check_date(const struct emu_request *request, const struct claim *claim,
                       struct emu_verdict *verdict)
{
    const char *date = emu_request_header_get(request, "x-date");
    int64_t seconds = 0;
    if (!emu_time_read_basic(date, &seconds)) {
        return emu_verdict_refuse(verdict, 400, "InvalidTimestamp",
                                  "The X-Date header is missing or not of the form "
                                  "YYYYMMDDTHHMMSSZ.");
    }
    int64_t off = request->wall_ms / 1000 - seconds;
    if (off > EMU_CLOCK_WINDOW_S || off < -EMU_CLOCK_WINDOW_S) {
        return emu_verdict_refuse(verdict, 400, "InvalidTimestamp",
                                  "The request is too old, or from the future.");
    }
    return strncmp(date, claim->day, 8) == 0 && strlen(claim->day) == 8
               ? true
               : emu_verdict_refuse(verdict, 400, "InvalidCredential",
                                    "The day of the credential is not that of X-Date.");
}

static bool check_token(const struct emu_request *request, const struct claim *claim,
                        struct emu_verdict *verdict)
{
    const char *token = emu_request_header_get(request, "x-security-token");
    const char *expected = verdict->key->security_token;
    bool matches = expected == NULL ? token[0] == '\0' : strcmp(token, expected) == 0;
    if (!matches || verdict->key->state == EMU_KEY_TOKEN_EXPIRED) {
        return emu_verdict_refuse(verdict, 401, "InvalidSecretToken",
                                  "The security token is missing, wrong or expired.");
    }
    if (expected != NULL && !emu_list_has(claim->signed_headers, "x-security-token")) {
        return emu_verdict_refuse(verdict, 401, "SignatureDoesNotMatch",
                                  "The X-Security-Token header is not signed.");
    }
    return true;
}

static bool check_signature(const struct emu_request *request, const struct claim *claim,
                            struct emu_verdict *verdict)
{
    if (!emu_list_has(claim->signed_headers, "x-date")) {
        return emu_verdict_refuse(verdict, 401, "SignatureDoesNotMatch",
                                  "The X-Date header is not signed.");
    }
    const char *content_hash = emu_request_header_get(request, "x-content-sha256");
    char body_hash[EMU_HEX_SIZE];
    emu_sha256_hex(body_hash, emu_text_str(&request->body), request->body.len);
    if (content_hash[0] != '\0' && strcmp(content_hash, body_hash) != 0) {
        return emu_verdict_refuse(verdict, 401, "SignatureDoesNotMatch",
                                  "X-Content-Sha256 is not the hash of the body.");
    }
    char *canonical = emu_volcengine_canonical(request, claim->signed_headers);
    char *to_sign = emu_volcengine_string_to_sign(
        canonical, emu_request_header_get(request, "x-date"), claim->scope);
    char signature[EMU_HEX_SIZE];
    emu_volcengine_signature(signature, verdict->key->secret_key, claim->scope, to_sign);
    free(to_sign);
    if (emu_same_secret(signature, claim->signature)) {
        free(canonical);
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
    if (!read_claim(emu_request_header_get(request, "authorization"), claim, verdict)) {
        return false;
    }
    verdict->key = emu_world_key(world, EMU_VOLCENGINE, claim->access_key);
    if (verdict->key == NULL || verdict->key->state == EMU_KEY_INACTIVE) {
        return emu_verdict_refuse(verdict, 401, "InvalidAccessKey",
                                  "The access key does not exist or is disabled.");
    }
    if (!check_date(request, claim, verdict) || !check_token(request, claim, verdict) ||
        !check_signature(request, claim, verdict)) {
        return false;
    }
    return strcmp(claim->service, "ecs") == 0 ||
           emu_verdict_refuse(verdict, 404, "ServiceNotFound", "There is no such service.");
}

void emu_volcengine_verify(const struct emu_request *request, const struct emu_world *world,
                           struct emu_verdict *ret_verdict)
{
    struct claim claim = {0};
    *ret_verdict = (struct emu_verdict){0};
    verify(request, world, &claim, ret_verdict);
    claim_done(&claim);
}
