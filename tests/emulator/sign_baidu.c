/* Baidu AI Cloud bce-auth-v1 ("Authentication mechanism"). */
#include "sign.h"

#include "clock.h"
#include "crypto.h"

#include <stdlib.h>
#include <string.h>

/* bce-auth-v1/AK/TIMESTAMP/SECONDS/signed;headers/SIGNATURE */
struct claim {
    char *text; /* what the parts point into */
    char *version, *access_key, *timestamp, *expiry, *signed_headers, *signature;
    char *prefix; /* the first four */
};

/* Names that are signed when the list of signed headers is empty; content-* only when present. */
static bool is_default_header(const char *name)
{
    return strcmp(name, "host") == 0 || strcmp(name, "content-length") == 0 ||
           strcmp(name, "content-type") == 0 || strcmp(name, "content-md5") == 0 ||
           (emu_starts_with(name, "x-bce-") && strcmp(name, "x-bce-request-id") != 0);
}

static int compare_lines(const void *left, const void *right)
{
    const struct emu_pair *a = left;
    const struct emu_pair *b = right;
    return strcmp(a->name, b->name);
}

/* Sorts the texts kept as names and appends them, joined with `glue`. */
static void add_sorted(struct emu_text *text, struct emu_pairs *lines, const char *glue)
{
    if (lines->count > 1) {
        qsort(lines->items, lines->count, sizeof(*lines->items), compare_lines);
    }
    for (size_t i = 0; i < lines->count; i++) {
        emu_text_addf(text, "%s%s", i == 0 ? "" : glue, lines->items[i].name);
    }
    emu_pairs_done(lines);
}

static char *encoded_pair(const char *name, char between, const char *value)
{
    struct emu_text text = {0};
    emu_text_add_encoded(&text, name, false);
    emu_text_add_n(&text, &between, 1);
    emu_text_add_encoded(&text, value, false);
    return emu_text_take(&text);
}

/* Finished name=value texts are sorted, not names: '=' counts. */
static void add_query(struct emu_text *text, const struct emu_request *request)
{
    struct emu_pairs lines = {0};
    for (size_t i = 0; i < request->params.count; i++) {
        const struct emu_pair *param = &request->params.items[i];
        if (strcasecmp(param->name, "authorization") != 0) {
            emu_pairs_take(&lines, encoded_pair(param->name, '=', param->value), emu_copy(""));
        }
    }
    add_sorted(text, &lines, "&");
}

static void add_headers(struct emu_text *text, const struct emu_request *request,
                        const char *signed_headers)
{
    struct emu_pairs lines = {0};
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct emu_pair *header = &request->headers.items[i];
        bool wanted = signed_headers[0] == '\0' ? is_default_header(header->name)
                                                : emu_list_has(signed_headers, header->name);
        if (wanted && header->value[0] != '\0') {
            emu_pairs_take(&lines, encoded_pair(header->name, ':', header->value), emu_copy(""));
        }
    }
    add_sorted(text, &lines, "\n");
}

char *emu_baidu_canonical(const struct emu_request *request, const char *signed_headers)
{
    struct emu_text text = {0};
    char *path = emu_percent_decode(request->path, strlen(request->path), false);
    emu_text_addf(&text, "%s\n", request->method);
    emu_text_add_encoded(&text, path == NULL ? request->path : path, true);
    free(path);
    emu_text_add(&text, "\n");
    add_query(&text, request);
    emu_text_add(&text, "\n");
    add_headers(&text, request, signed_headers);
    return emu_text_take(&text);
}

void emu_baidu_signature(char ret_hex[65], const char *secret_key, const char *prefix,
                         const char *canonical)
{
    /* The hex text is the key of the second step, not the bytes that it spells. */
    char key[EMU_HEX_SIZE];
    emu_hmac_hex(key, secret_key, strlen(secret_key), prefix);
    emu_hmac_hex(ret_hex, key, strlen(key), canonical);
}

static bool read_claim(const char *header, struct claim *claim)
{
    claim->text = emu_copy(header);
    char **parts[] = {&claim->version, &claim->access_key,     &claim->timestamp,
                      &claim->expiry,  &claim->signed_headers, &claim->signature};
    char *rest = claim->text;
    for (size_t i = 0; i < 6; i++) {
        *parts[i] = strsep(&rest, "/");
        if (*parts[i] == NULL) {
            return false;
        }
    }
    struct emu_text prefix = {0};
    emu_text_addf(&prefix, "%s/%s/%s/%s", claim->version, claim->access_key, claim->timestamp,
                  claim->expiry);
    claim->prefix = emu_text_take(&prefix);
    return rest == NULL && strcmp(claim->version, "bce-auth-v1") == 0;
}

static bool check_dates(const struct emu_request *request, const struct claim *claim,
                        struct emu_verdict *verdict)
{
    int64_t signed_at = 0;
    long expiry = 0;
    if (!emu_time_read_extended(claim->timestamp, &signed_at) ||
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
    const char *date = emu_request_header_get(request, "x-bce-date");
    bool has_date = date[0] != '\0';
    if (off < -EMU_CLOCK_WINDOW_S || (has_date && off > EMU_CLOCK_WINDOW_S)) {
        return emu_verdict_refuse(verdict, 403, "RequestTimeTooSkewed",
                                  "The date of the request is too far from the server's.");
    }
    return !has_date || strcmp(date, claim->timestamp) == 0 ||
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
    const char *token = emu_request_header_get(request, "x-bce-security-token");
    bool matches =
        key->security_token == NULL ? token[0] == '\0' : strcmp(token, key->security_token) == 0;
    return (matches && key->state == EMU_KEY_ACTIVE) ||
           emu_verdict_refuse(verdict, 403, "InvalidAccessKeyId",
                              "The session token is missing, wrong or expired.");
}

/* The host has to be signed, and the token where there is one. */
static bool check_signature(const struct emu_request *request, const struct claim *claim,
                            struct emu_verdict *verdict)
{
    const char *list = claim->signed_headers;
    bool has_token = verdict->key->security_token != NULL;
    if (list[0] != '\0' && (!emu_list_has(list, "host") ||
                            (has_token && !emu_list_has(list, "x-bce-security-token")))) {
        return emu_verdict_refuse(verdict, 400, "SignatureDoesNotMatch",
                                  "The host or the session token is not signed.");
    }
    char *canonical = emu_baidu_canonical(request, list);
    char signature[EMU_HEX_SIZE];
    emu_baidu_signature(signature, verdict->key->secret_key, claim->prefix, canonical);
    if (emu_same_secret(signature, claim->signature)) {
        free(canonical);
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
    const char *header = emu_request_header_get(request, "authorization");
    if (header[0] == '\0') {
        return emu_verdict_refuse(verdict, 403, "AccessDenied",
                                  "The request has no Authorization header.");
    }
    if (!read_claim(header, claim)) {
        return emu_verdict_refuse(verdict, 400, "InvalidHTTPAuthHeader",
                                  "The Authorization header is not of the form "
                                  "bce-auth-v1/KEY/TIME/SECONDS/HEADERS/SIGNATURE.");
    }
    verdict->key = emu_world_key(world, EMU_BAIDU, claim->access_key);
    return check_key(request, verdict) && check_dates(request, claim, verdict) &&
           check_signature(request, claim, verdict);
}

void emu_baidu_verify(const struct emu_request *request, const struct emu_world *world,
                      struct emu_verdict *ret_verdict)
{
    struct claim claim = {0};
    *ret_verdict = (struct emu_verdict){0};
    verify(request, world, &claim, ret_verdict);
    free(claim.text);
    free(claim.prefix);
}
