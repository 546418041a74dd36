/* SPDX-License-Identifier: Apache-2.0 */
/* Baidu AI Cloud bce-auth-v1 ("Authentication mechanism"). */
#include "sign.h"

#include "number.h"

/* bce-auth-v1/AK/TIMESTAMP/SECONDS/signed;headers/SIGNATURE */
struct claim {
    ens_str version, access_key, timestamp, expiry, signed_headers, signature;
    ens_str prefix; /* the first four parts */
};

/* Headers that are signed if the list of signed headers is empty; content-* only if present. */
static bool is_default_header(ens_str name)
{
    return ens_str_is(name, "host") || ens_str_is(name, "content-length") ||
           ens_str_is(name, "content-type") || ens_str_is(name, "content-md5") ||
           (ens_str_starts(name, ENS_STR("x-bce-")) && !ens_str_is(name, "x-bce-request-id"));
}

static void add_line(struct emu_fields *lines, const struct ens_pair *pair, char between)
{
    ENS_AUTO_BUF text = emu_canonical_buf();
    emu_add_encoded(&text, pair->name, false);
    ens_buf_add_char(&text, between);
    emu_add_encoded(&text, pair->value, false);
    emu_fields_add(lines, ens_arena_dup(lines->arena, ens_buf_str(&text)), (ens_str){0});
}

/* Sorts the lines as whole texts, including '=' and ':', not by name; joins them with `glue`. */
static void add_sorted(struct ens_buf *buf, struct emu_fields *lines, const char *glue)
{
    emu_fields_sort(lines);
    for (size_t i = 0; i < lines->count; i++) {
        ens_buf_add(buf, ens_str_of(i == 0 ? "" : glue));
        ens_buf_add(buf, lines->items[i].name);
    }
}

static void add_query(struct ens_buf *buf, const struct emu_request *request)
{
    struct emu_fields lines = {.arena = request->arena};
    for (size_t i = 0; i < request->params.count; i++) {
        const struct ens_pair *param = &request->params.items[i];
        if (!ens_str_eq_nocase(param->name, ENS_STR("authorization"))) {
            add_line(&lines, param, '=');
        }
    }
    add_sorted(buf, &lines, "&");
}

static void add_headers(struct ens_buf *buf, const struct emu_request *request,
                        ens_str signed_headers)
{
    struct emu_fields lines = {.arena = request->arena};
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct ens_pair *header = &request->headers.items[i];
        bool wanted = signed_headers.len == 0 ? is_default_header(header->name)
                                              : emu_list_has(signed_headers, header->name);
        if (wanted && header->value.len > 0) {
            add_line(&lines, header, ':');
        }
    }
    add_sorted(buf, &lines, "\n");
}

ens_str emu_baidu_canonical(const struct emu_request *request, ens_str signed_headers)
{
    ENS_AUTO_BUF text = emu_canonical_buf();
    ens_buf_addf(&text, "%s\n", request->method.ptr);
    emu_add_canonical_path(&text, request);
    ens_buf_add_char(&text, '\n');
    add_query(&text, request);
    ens_buf_add_char(&text, '\n');
    add_headers(&text, request, signed_headers);
    return ens_arena_dup(request->arena, ens_buf_str(&text));
}

void emu_baidu_signature(char ret_hex[EMU_HEX_SIZE], ens_str secret_key, ens_str prefix,
                         ens_str canonical)
{
    /* The key of the second step is the hex text, not the bytes that it encodes. */
    char key[EMU_HEX_SIZE];
    emu_hmac_hex(key, secret_key, prefix);
    emu_hmac_hex(ret_hex, ens_str_of(key), canonical);
}

static bool read_claim(ens_str header, struct claim *claim)
{
    ens_str *parts[] = {&claim->version, &claim->access_key,     &claim->timestamp,
                        &claim->expiry,  &claim->signed_headers, &claim->signature};
    ens_str rest = header;
    for (size_t i = 0; i < ENS_COUNT(parts); i++) {
        if (rest.ptr == NULL) {
            return false;
        }
        *parts[i] = ens_str_cut(rest, '/', &rest);
    }
    const char *end = claim->expiry.ptr + claim->expiry.len;
    claim->prefix = (ens_str){header.ptr, (size_t)(end - header.ptr)};
    return rest.ptr == NULL && ens_str_is(claim->version, "bce-auth-v1");
}

static bool check_dates(const struct emu_request *request, const struct claim *claim,
                        struct emu_verdict *verdict)
{
    int64_t signed_at = 0;
    int64_t expiry = 0;
    if (!emu_date_read_extended(claim->timestamp, &signed_at) ||
        !emu_number_read(claim->expiry, -1, 86400L * 365, &expiry)) {
        return emu_verdict_refuse(verdict, 400, "InvalidHTTPAuthHeader",
                                  "The time or the expiry in the Authorization header can't be "
                                  "read.");
    }
    int64_t now = request->wall_ms / 1000;
    if (expiry >= 0 && now > signed_at + expiry) {
        return emu_verdict_refuse(verdict, 400, "RequestExpired", "The request has expired.");
    }
    int64_t off = now - signed_at;
    ens_str date = emu_header(request, "x-bce-date");
    bool has_date = date.len > 0;
    if (off < -EMU_CLOCK_WINDOW_S || (has_date && off > EMU_CLOCK_WINDOW_S)) {
        return emu_verdict_refuse(verdict, 403, "RequestTimeTooSkewed",
                                  "The date of the request is too far from the server's.");
    }
    return !has_date || ens_str_eq(date, claim->timestamp) ||
           emu_verdict_refuse(verdict, 400, "InvalidHTTPAuthHeader",
                              "x-bce-date is not the time in the Authorization header.");
}

static bool check_key(const struct emu_request *request, struct emu_verdict *verdict)
{
    const struct emu_key *key = verdict->key;
    if (key == NULL || key->state == EMU_KEY_INACTIVE) {
        return emu_verdict_refuse(verdict, 403, "InvalidAccessKeyId",
                                  "The access key does not exist or is disabled.");
    }
    bool matches = ens_str_eq(emu_header(request, "x-bce-security-token"), key->security_token);
    return (matches && key->state == EMU_KEY_ACTIVE) ||
           emu_verdict_refuse(verdict, 403, "InvalidAccessKeyId",
                              "The session token is missing, wrong or expired.");
}

/* The host has to be signed, and the token where there is one. */
static bool check_signature(const struct emu_request *request, const struct claim *claim,
                            struct emu_verdict *verdict)
{
    ens_str list = claim->signed_headers;
    bool has_token = verdict->key->security_token.len > 0;
    if (list.len > 0 && (!emu_list_has(list, ENS_STR("host")) ||
                         (has_token && !emu_list_has(list, ENS_STR("x-bce-security-token"))))) {
        return emu_verdict_refuse(verdict, 400, "SignatureDoesNotMatch",
                                  "The host or the session token is not signed.");
    }
    ens_str canonical = emu_baidu_canonical(request, list);
    char signature[EMU_HEX_SIZE];
    emu_baidu_signature(signature, verdict->key->secret_key, claim->prefix, canonical);
    if (emu_same_secret(ens_str_of(signature), claim->signature)) {
        return true;
    }
    verdict->canonical = canonical;
    return emu_verdict_refuse(verdict, 400, "SignatureDoesNotMatch",
                              "The signature that we calculated is not the one given. Check the "
                              "secret key and how it was signed.");
}

static bool verify(const struct emu_request *request, const struct emu_world *world,
                   struct claim *claim, struct emu_verdict *verdict)
{
    ens_str header = emu_header(request, "authorization");
    if (header.len == 0) {
        return emu_verdict_refuse(verdict, 403, "AccessDenied",
                                  "The request has no Authorization header.");
    }
    if (!read_claim(header, claim)) {
        return emu_verdict_refuse(verdict, 400, "InvalidHTTPAuthHeader",
                                  "The Authorization header is not of the form "
                                  "bce-auth-v1/KEY/TIME/SECONDS/HEADERS/SIGNATURE.");
    }
    verdict->key = emu_find_key(request, world, EMU_BAIDU, claim->access_key);
    return check_key(request, verdict) && check_dates(request, claim, verdict) &&
           check_signature(request, claim, verdict);
}

void emu_baidu_verify(const struct emu_request *request, const struct emu_world *world,
                      struct emu_verdict *ret_verdict)
{
    struct claim claim = {0};
    *ret_verdict = (struct emu_verdict){0};
    (void)verify(request, world, &claim, ret_verdict);
}
