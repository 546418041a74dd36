/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include "apis.h"
#include "foreign.h"
#include "number.h"

#include <stdio.h>
#include <stdlib.h>

enum value_rule { NO_VALUE, NUMBER, MAY_BE_NUMBER, TEXT, MAY_BE_TEXT, STATUS_AND_CODE };

/* In the order of enum emu_fault_kind. */
static const struct kind {
    const char *name;
    int64_t min, max, otherwise; /* of a numeric value: range and default */
    enum value_rule rule;
    bool always_effect; /* it modifies the cloud's reply, so the request is carried out */
} kinds[] = {
    [EMU_FAULT_THROTTLE] = {"throttle", 0, EMU_DAY_MS, -1, MAY_BE_NUMBER, false},
    [EMU_FAULT_ERROR] = {"error", 200, 599, -1, STATUS_AND_CODE, false},
    [EMU_FAULT_HTTP] = {"http", 500, 599, -1, NUMBER, false},
    [EMU_FAULT_CUT] = {"cut", 0, 0, -1, NO_VALUE, false},
    [EMU_FAULT_HANG] = {"hang", 0, 0, -1, NO_VALUE, false},
    [EMU_FAULT_HTML] = {"html", 200, 599, 200, MAY_BE_NUMBER, false},
    [EMU_FAULT_GARBAGE] = {"garbage", 200, 599, 200, MAY_BE_NUMBER, false},
    [EMU_FAULT_XML] = {"xml", 200, 599, 400, MAY_BE_NUMBER, false},
    [EMU_FAULT_EMPTY] = {"empty", 200, 599, 200, MAY_BE_NUMBER, false},
    [EMU_FAULT_HUGE] = {"huge", 1, 4096, 50, MAY_BE_NUMBER, false},
    [EMU_FAULT_REDIRECT] = {"redirect", 0, 0, -1, MAY_BE_TEXT, false},
    [EMU_FAULT_JSON] = {"json", 0, 0, -1, TEXT, false},
    [EMU_FAULT_OTHER_CLOUD] = {"other-cloud", 0, 0, -1, NO_VALUE, false},
    [EMU_FAULT_TRUNCATE] = {"truncate", 0, 0, -1, NO_VALUE, true},
    [EMU_FAULT_CONTENT_TYPE] = {"content-type", 0, 0, -1, TEXT, true},
    [EMU_FAULT_TRICKLE] = {"trickle", 1, 60000, 100, MAY_BE_NUMBER, true},
    [EMU_FAULT_DELAY] = {"delay", 0, EMU_DAY_MS, -1, NUMBER, true},
    [EMU_FAULT_STALE_MS] = {"stale-ms", 1, EMU_DAY_MS, -1, NUMBER, true},
    [EMU_FAULT_STALE_READS] = {"stale-reads", 1, 1000000, -1, NUMBER, true},
    [EMU_FAULT_START_ANYWAY] = {"start-anyway", 0, 0, -1, NO_VALUE, true},
    [EMU_FAULT_NUMBER_CODES] = {"number-codes", 0, 0, -1, NO_VALUE, true},
    [EMU_FAULT_EXPIRES] = {"expires", -EMU_DAY_MS, EMU_DAY_MS, -1, NUMBER, true},
};
enum { MAX_CODE = 80 };

/* The state of parsing a fault. */
struct reading {
    struct emu_fault *fault;
    const char *where; /* prefix of messages */
    struct ens_diags *diags;
};

/* Reports an error and evaluates to false, so that a check is one statement. */
#define FAIL(reading, ...)                                                                         \
    (ens_fail((reading)->diags, ENS_INVALID, (reading)->where, __VA_ARGS__) == ENS_OK)

/* The precision for "%.*s" that limits a text to max characters. */
static int shown(ens_str text, size_t max)
{
    return (int)(text.len < max ? text.len : max);
}

static bool is_printable(ens_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~') {
            return false;
        }
    }
    return true;
}

static bool read_kind(const struct reading *reading, ens_str name)
{
    ENS_AUTO_BUF known = ens_buf_new(1024);
    for (size_t i = 0; i < ENS_COUNT(kinds); i++) {
        if (ens_str_is(name, kinds[i].name)) {
            reading->fault->kind = (enum emu_fault_kind)i;
            reading->fault->effect = kinds[i].always_effect;
            return true;
        }
        ens_buf_addf(&known, "%s%s", i == 0 ? "" : ", ", kinds[i].name);
    }
    return FAIL(reading, "unknown kind \"%.*s\", expected one of: %s", shown(name, 40), name.ptr,
                ens_buf_text(&known));
}

static bool read_number(const struct reading *reading, ens_str value)
{
    const struct kind *kind = &kinds[reading->fault->kind];
    return emu_number_read(value, kind->min, kind->max, &reading->fault->number) ||
           FAIL(reading, "%s takes a whole number from %lld to %lld", kind->name,
                (long long)kind->min, (long long)kind->max);
}

/* Reads HTTP:CODE. */
static bool read_status_and_code(const struct reading *reading, ens_str value)
{
    ens_str status = ens_str_cut(value, ':', &reading->fault->text);
    if (reading->fault->text.len == 0 || reading->fault->text.len > MAX_CODE) {
        return FAIL(reading, "error takes HTTP:CODE, such as error:409:Some.Code");
    }
    return read_number(reading, status);
}

/* A value with ptr NULL is absent. */
static bool read_value(const struct reading *reading, ens_str value)
{
    const struct kind *kind = &kinds[reading->fault->kind];
    reading->fault->number = kind->otherwise;
    bool optional =
        kind->rule == NO_VALUE || kind->rule == MAY_BE_NUMBER || kind->rule == MAY_BE_TEXT;
    if (value.len == 0) {
        return (value.ptr == NULL && optional) ||
               FAIL(reading, "%s needs a value after ':'", kind->name);
    }
    switch (kind->rule) {
    case NO_VALUE:
        return FAIL(reading, "%s takes no value", kind->name);
    case NUMBER:
    case MAY_BE_NUMBER:
        return read_number(reading, value);
    case TEXT:
    case MAY_BE_TEXT:
        reading->fault->text = value;
        return true;
    case STATUS_AND_CODE:
        return read_status_and_code(reading, value);
    }
    return false;
}

/* 1 for "yes", 0 for "no", else -1. */
static int read_yes_no(ens_str value)
{
    return ens_str_is(value, "yes") ? 1 : ens_str_is(value, "no") ? 0 : -1;
}

/* `value` is NUL-terminated. */
static bool read_probability(ens_str value, double *ret_probability)
{
    char *end = NULL;
    *ret_probability = strtod(value.ptr, &end);
    return value.len > 0 && value.ptr[0] >= '0' && value.ptr[0] <= '1' &&
           end == value.ptr + value.len && *ret_probability <= 1.0;
}

static bool read_action(ens_str value, ens_str *ret_action)
{
    bool ok = false;
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        for (int service = 0; service < EMU_SERVICES; service++) {
            ok = ok || emu_service_action((enum emu_service)service, (enum emu_cloud)cloud,
                                          value) != NULL;
        }
    }
    ok = ok && ret_action->len == 0;
    *ret_action = value;
    return ok;
}

static bool read_selector(const struct reading *reading, ens_str name, ens_str value)
{
    struct emu_fault *fault = reading->fault;
    enum emu_cloud cloud = EMU_VOLCENGINE;
    bool ok = false;
    if (ens_str_is(name, "cloud")) {
        ok = emu_cloud_find(value, &cloud);
        fault->cloud = (int)cloud;
    } else if (ens_str_is(name, "service")) {
        ok = emu_service_find(value, &fault->service);
    } else if (ens_str_is(name, "action")) {
        ok = read_action(value, &fault->action);
    } else if (ens_str_is(name, "id")) {
        ok = ens_str_starts(value, ENS_STR("i-")) && fault->id.len == 0;
        fault->id = value;
    } else if (ens_str_is(name, "dry_run")) {
        fault->dry_run = read_yes_no(value);
        ok = fault->dry_run >= 0;
    } else if (ens_str_is(name, "effect")) {
        ok = read_yes_no(value) >= 0 && !kinds[fault->kind].always_effect;
        fault->effect = read_yes_no(value) == 1;
    } else if (ens_str_is(name, "nth")) {
        ok = emu_number_read(value, 1, 1000000, &fault->nth);
    } else if (ens_str_is(name, "first")) {
        ok = emu_number_read(value, 1, 1000000, &fault->first);
    } else if (ens_str_is(name, "rate")) {
        ok = emu_number_read(value, 1, 1000000, &fault->rate);
    } else if (ens_str_is(name, "p")) {
        ok = read_probability(value, &fault->probability);
    } else {
        return FAIL(reading,
                    "unknown selector \"%.*s\", expected service, cloud, action, id, dry_run, "
                    "effect, nth, first, p or rate",
                    shown(name, 40), name.ptr);
    }
    return ok ||
           FAIL(reading, "\"%.*s\" is no value for %s here", shown(value, 60), value.ptr, name.ptr);
}

static bool read_spec(const struct reading *reading, struct ens_arena *arena)
{
    ens_str rest = {0}, value = {0};
    ens_str head = ens_str_cut(reading->fault->spec, ',', &rest);
    ens_str kind = ens_str_cut(head, ':', &value);
    if (value.ptr != NULL) {
        value = ens_arena_dup(arena, value);
    }
    if (!read_kind(reading, kind) || !read_value(reading, value)) {
        return false;
    }
    while (rest.ptr != NULL) {
        ens_str selector = ens_str_cut(rest, ',', &rest);
        ens_str name = ens_str_cut(selector, '=', &value);
        if (value.ptr == NULL) {
            return FAIL(reading, "\"%.*s\" is not of the form SELECTOR=VALUE", shown(name, 60),
                        name.ptr);
        }
        if (!read_selector(reading, ens_arena_dup(arena, name), ens_arena_dup(arena, value))) {
            return false;
        }
    }
    return reading->fault->kind != EMU_FAULT_OTHER_CLOUD ||
           emu_foreign_body(reading->fault->service, EMU_ALIBABA) != NULL ||
           FAIL(reading, "other-cloud needs service=sts or service=metadata");
}

bool emu_faults_add(struct emu_faults *faults, const char *spec, struct ens_diags *diags)
{
    if (faults->arena == NULL) {
        faults->arena = ens_arena_new();
    }
    struct emu_fault *fault = &faults->items[faults->count];
    const struct reading reading = {
        .fault = fault,
        .where = ens_arena_printf(faults->arena, "fault \"%s\"", spec).ptr,
        .diags = diags,
    };
    if (faults->count == EMU_MAX_FAULTS) {
        return FAIL(&reading, "there are %d faults already", EMU_MAX_FAULTS);
    }
    *fault = (struct emu_fault){.spec = ens_arena_dup(faults->arena, ens_str_of(spec)),
                                .cloud = -1,
                                .dry_run = -1,
                                .probability = 1.0};
    if (!is_printable(fault->spec)) {
        return FAIL(&reading, "only printable ASCII without spaces is expected");
    }
    if (!read_spec(&reading, faults->arena)) {
        return false;
    }
    faults->count++;
    return true;
}

void emu_faults_clear(struct emu_faults *faults)
{
    ens_arena_free(faults->arena);
    faults->arena = NULL;
    faults->count = 0;
}

json_t *emu_faults_json(const struct emu_faults *faults)
{
    json_t *list = json_array();
    for (size_t i = 0; i < faults->count; i++) {
        const struct emu_fault *fault = &faults->items[i];
        json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "spec", fault->spec.ptr, "matched",
                                              (json_int_t)fault->matched, "fired",
                                              (json_int_t)fault->fired));
    }
    return list;
}

/* SplitMix64, so that the same --seed gives the same faults. */
static double next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static bool call_names(const struct emu_call *call, ens_str id)
{
    for (size_t i = 0; i < call->id_count; i++) {
        if (ens_str_eq(call->ids[i], id)) {
            return true;
        }
    }
    return false;
}

/* Whether a request is beyond the rate: one that is not uses up a part of the allowance, which is
 * that of a second at most. */
static bool is_beyond_rate(struct emu_fault *fault, int64_t now_ms)
{
    const int64_t full = fault->rate * 1000;
    const int64_t passed_ms = now_ms - fault->filled_ms;
    const bool refilled = fault->filled_ms == 0 || passed_ms >= 1000;
    const int64_t more = refilled ? full : passed_ms * fault->rate;

    fault->allowance = fault->allowance + more < full ? fault->allowance + more : full;
    fault->filled_ms = now_ms;
    if (fault->allowance < 1000) {
        return true;
    }
    fault->allowance -= 1000;
    return false;
}

static bool fault_fires(struct emu_fault *fault, const struct emu_request *request,
                        const struct emu_call *call, uint64_t *random)
{
    bool matches = fault->service == request->service &&
                   (fault->cloud < 0 || fault->cloud == (int)request->cloud) &&
                   (fault->action.len == 0 || ens_str_is(fault->action, call->name)) &&
                   (fault->dry_run < 0 || (fault->dry_run == 1) == call->dry_run) &&
                   (fault->id.len == 0 || call_names(call, fault->id));
    if (!matches) {
        return false;
    }
    int64_t number = (int64_t)++fault->matched;
    if ((fault->nth > 0 && number != fault->nth) || (fault->first > 0 && number > fault->first)) {
        return false;
    }
    if (fault->probability < 1.0 && next_random(random) >= fault->probability) {
        return false;
    }
    if (fault->rate > 0 && !is_beyond_rate(fault, request->now_ms)) {
        return false;
    }
    fault->fired++;
    return true;
}

void emu_faults_pick(struct emu_faults *faults, const struct emu_request *request,
                     const struct emu_call *call, struct emu_fault_effects *ret_effects)
{
    *ret_effects = (struct emu_fault_effects){0};
    for (size_t i = 0; i < faults->count; i++) {
        struct emu_fault *fault = &faults->items[i];
        bool changes_reply = fault->kind < EMU_FAULT_DELAY;
        if ((changes_reply && ret_effects->fault != NULL) ||
            !fault_fires(fault, request, call, &faults->random)) {
            continue;
        }
        ret_effects->specs =
            ens_arena_printf(request->arena, "%.*s%s%s", ENS_STR_ARG(ret_effects->specs),
                             ret_effects->specs.len == 0 ? "" : " ", fault->spec.ptr);
        if (changes_reply) {
            ret_effects->fault = fault;
        }
        ret_effects->delay_ms += fault->kind == EMU_FAULT_DELAY ? fault->number : 0;
        ret_effects->hold_back_ms += fault->kind == EMU_FAULT_STALE_MS ? fault->number : 0;
        ret_effects->hold_back_reads += fault->kind == EMU_FAULT_STALE_READS ? fault->number : 0;
        ret_effects->start_anyway |= fault->kind == EMU_FAULT_START_ANYWAY;
        ret_effects->number_codes |= fault->kind == EMU_FAULT_NUMBER_CODES;
        if (fault->kind == EMU_FAULT_EXPIRES) {
            ret_effects->grant_fault = (struct emu_grant_fault){true, fault->number};
        }
    }
}

static void html_page(struct emu_reply *reply, int status)
{
    emu_reply_page(
        reply, status, "text/html",
        "<html>\r\n<head><title>Gateway</title></head>\r\n<body>\r\n<center><h1>This is not the "
        "API that you are looking for</h1></center>\r\n</body>\r\n</html>\r\n");
}

static void throttle(const struct emu_fault *fault, const struct emu_request *request,
                     const struct emu_call *call, struct emu_reply *reply)
{
    const struct emu_api *api = emu_api_of(request);
    api->refuse(request, call, &api->throttled, reply);
    if (fault->number < 0) {
        return;
    }
    char number[32];
    bool ms = request->cloud == EMU_ALIBABA;
    int64_t wait = ms ? fault->number : (fault->number + 999) / 1000;
    snprintf(number, sizeof(number), "%lld", (long long)wait);
    emu_reply_header(reply, ms ? "x-acs-retry-after" : "Retry-After", number);
}

/* Writes the vendor's documented error of a status, or a gateway's HTML page if there is none. */
static void http_error(int status, const struct emu_request *request, const struct emu_call *call,
                       struct emu_reply *reply)
{
    static const struct {
        int status;
        const char *codes[EMU_CLOUDS];
    } rows[] = {
        {500, {"InternalError", "InternalError", "InternalError"}},
        {502, {"FailToConnect", NULL, NULL}},
        {503, {"ServiceUnavailableTemp", "ServiceUnavailable", NULL}},
        {504, {"InternalServiceTimeout", NULL, NULL}},
    };
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        const char *code = rows[i].codes[request->cloud];
        if (rows[i].status == status && code != NULL) {
            struct emu_refusal refusal = {status, code, "The service has a problem."};
            emu_api_of(request)->refuse(request, call, &refusal, reply);
            return;
        }
    }
    html_page(reply, status);
}

static void redirect(const struct emu_fault *fault, struct emu_reply *reply)
{
    emu_reply_page(reply, 302, "text/plain", "");
    emu_reply_header(reply, "Location",
                     fault->text.len > 0 ? fault->text.ptr : "http://127.0.0.1:1/elsewhere");
}

/* The body is percent-encoded in the specification. */
static void json_body(const struct emu_fault *fault, struct emu_reply *reply)
{
    ens_str body = {0};
    bool decoded = emu_percent_decode(reply->arena, fault->text, false, &body);
    emu_reply_page(reply, 200, "application/json", decoded ? body.ptr : fault->text.ptr);
}

static void error(const struct emu_fault *fault, const struct emu_request *request,
                  const struct emu_call *call, struct emu_reply *reply)
{
    struct emu_refusal refusal = {(int)fault->number, fault->text.ptr, "This error is a test's."};
    emu_api_of(request)->refuse(request, call, &refusal, reply);
}

void emu_fault_apply(const struct emu_fault *fault, const struct emu_request *request,
                     const struct emu_call *call, struct emu_reply *reply)
{
    int status = (int)fault->number;
    switch (fault->kind) {
    case EMU_FAULT_THROTTLE:
        throttle(fault, request, call, reply);
        return;
    case EMU_FAULT_ERROR:
        error(fault, request, call, reply);
        return;
    case EMU_FAULT_HTTP:
        http_error(status, request, call, reply);
        return;
    case EMU_FAULT_CUT:
        reply->wire = EMU_WIRE_CUT;
        return;
    case EMU_FAULT_HANG:
        reply->wire = EMU_WIRE_HANG;
        return;
    case EMU_FAULT_HTML:
        html_page(reply, status);
        return;
    case EMU_FAULT_GARBAGE:
        emu_reply_page(reply, status, "application/json",
                       "{\"ResponseMetadata\": \x01\x02 [[[ not JSON");
        return;
    case EMU_FAULT_XML:
        emu_reply_page(reply, status, "text/xml;charset=utf-8",
                       "<?xml version=\"1.0\"?><Error><Code>InvalidParameter</Code></Error>");
        return;
    case EMU_FAULT_EMPTY:
        emu_reply_page(reply, status, "application/json", "");
        return;
    case EMU_FAULT_HUGE:
        emu_reply_page(reply, 200, "application/json", "");
        reply->wire = EMU_WIRE_HUGE;
        reply->huge_bytes = fault->number * 1024 * 1024;
        return;
    case EMU_FAULT_REDIRECT:
        redirect(fault, reply);
        return;
    case EMU_FAULT_JSON:
        json_body(fault, reply);
        return;
    case EMU_FAULT_OTHER_CLOUD:
        emu_reply_page(reply, 200, "application/json",
                       emu_foreign_body(request->service, request->cloud));
        return;
    case EMU_FAULT_TRUNCATE:
        reply->wire = EMU_WIRE_TRUNCATE;
        return;
    case EMU_FAULT_CONTENT_TYPE:
        emu_reply_type(reply, fault->text.ptr);
        return;
    case EMU_FAULT_TRICKLE:
        reply->wire = EMU_WIRE_TRICKLE;
        reply->trickle_ms = fault->number;
        return;
    case EMU_FAULT_DELAY:
    case EMU_FAULT_STALE_MS:
    case EMU_FAULT_STALE_READS:
    case EMU_FAULT_START_ANYWAY:
    case EMU_FAULT_NUMBER_CODES:
    case EMU_FAULT_EXPIRES:
        return;
    }
}
