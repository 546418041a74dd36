#include "fault.h"

#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum value_rule { NO_VALUE, NUMBER, MAY_BE_NUMBER, TEXT, MAY_BE_TEXT, STATUS_AND_CODE };

/* In the order of enum emu_fault_kind. */
static const struct kind {
    const char *name;
    long min, max, otherwise; /* of a number */
    enum value_rule rule;
    bool always_effect; /* it spoils the cloud's own reply, so the request is carried out */
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
    [EMU_FAULT_TRUNCATE] = {"truncate", 0, 0, -1, NO_VALUE, true},
    [EMU_FAULT_CONTENT_TYPE] = {"content-type", 0, 0, -1, TEXT, true},
    [EMU_FAULT_TRICKLE] = {"trickle", 1, 60000, 100, MAY_BE_NUMBER, true},
    [EMU_FAULT_DELAY] = {"delay", 0, EMU_DAY_MS, -1, NUMBER, true},
    [EMU_FAULT_STALE_MS] = {"stale-ms", 1, EMU_DAY_MS, -1, NUMBER, true},
    [EMU_FAULT_STALE_READS] = {"stale-reads", 1, 1000000, -1, NUMBER, true},
    [EMU_FAULT_START_ANYWAY] = {"start-anyway", 0, 0, -1, NO_VALUE, true},
    [EMU_FAULT_NUMBER_CODES] = {"number-codes", 0, 0, -1, NO_VALUE, true},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

__attribute__((format(printf, 3, 4))) static bool fail(char **ret_error, const char *spec,
                                                       const char *format, ...)
{
    struct emu_text text = {0};
    emu_text_addf(&text, "fault \"%s\": ", spec);
    va_list args;
    va_start(args, format);
    emu_text_addv(&text, format, args);
    va_end(args);
    *ret_error = emu_text_take(&text);
    return false;
}

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

static bool read_kind(struct emu_fault *fault, const char *name, char **ret_error)
{
    struct emu_text known = {0};
    for (int i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            fault->kind = (enum emu_fault_kind)i;
            fault->effect = kinds[i].always_effect;
            emu_text_done(&known);
            return true;
        }
        emu_text_addf(&known, "%s%s", i == 0 ? "" : ", ", kinds[i].name);
    }
    fail(ret_error, fault->spec, "unknown kind \"%.40s\", expected one of: %s", name,
         emu_text_str(&known));
    emu_text_done(&known);
    return false;
}

static bool read_number(struct emu_fault *fault, const char *value, char **ret_error)
{
    const struct kind *kind = &kinds[fault->kind];
    long number = 0;
    if (!emu_number_read(value, kind->min, kind->max, &number)) {
        return fail(ret_error, fault->spec, "%s takes a whole number from %ld to %ld", kind->name,
                    kind->min, kind->max);
    }
    fault->number = number;
    return true;
}

/* HTTP:CODE */
static bool read_status_and_code(struct emu_fault *fault, const char *value, char **ret_error)
{
    size_t len = strcspn(value, ":");
    if (value[len] == '\0' || value[len + 1] == '\0' || strlen(value + len + 1) > 80) {
        return fail(ret_error, fault->spec, "error takes HTTP:CODE, such as error:409:Some.Code");
    }
    fault->text = emu_copy(value + len + 1);
    char *status = emu_copy_n(value, len);
    bool ok = read_number(fault, status, ret_error);
    free(status);
    return ok;
}

static bool read_value(struct emu_fault *fault, const char *value, char **ret_error)
{
    const struct kind *kind = &kinds[fault->kind];
    fault->number = kind->otherwise;
    bool optional = kind->rule == MAY_BE_NUMBER || kind->rule == MAY_BE_TEXT;
    if (value == NULL || value[0] == '\0') {
        bool fine = (value == NULL && kind->rule == NO_VALUE) || (value == NULL && optional);
        return fine || fail(ret_error, fault->spec, "%s needs a value after ':'", kind->name);
    }
    switch (kind->rule) {
    case NO_VALUE:
        return fail(ret_error, fault->spec, "%s takes no value", kind->name);
    case NUMBER:
    case MAY_BE_NUMBER:
        return read_number(fault, value, ret_error);
    case TEXT:
    case MAY_BE_TEXT:
        fault->text = emu_copy(value);
        return true;
    case STATUS_AND_CODE:
        return read_status_and_code(fault, value, ret_error);
    }
    return false;
}

/* "yes" and "no" as 1 and 0, else -1. */
static int read_yes_no(const char *value)
{
    return strcmp(value, "yes") == 0 ? 1 : strcmp(value, "no") == 0 ? 0 : -1;
}

static bool read_probability(const char *value, double *ret_probability)
{
    char *end = NULL;
    double number = strtod(value, &end);
    *ret_probability = number;
    return value[0] >= '0' && value[0] <= '1' && *end == '\0' && number <= 1.0;
}

static bool is_some_action(const char *action)
{
    for (int cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        if (emu_cloud_action((enum emu_cloud)cloud, action) != NULL) {
            return true;
        }
    }
    return false;
}

static bool read_selector(struct emu_fault *fault, const char *name, const char *value,
                          char **ret_error)
{
    enum emu_cloud cloud = EMU_VOLCENGINE;
    bool ok = false;
    if (strcmp(name, "cloud") == 0) {
        ok = emu_cloud_find(value, &cloud);
        fault->cloud = (int)cloud;
    } else if (strcmp(name, "action") == 0) {
        ok = is_some_action(value) && fault->action == NULL;
        fault->action = ok ? emu_copy(value) : fault->action;
    } else if (strcmp(name, "id") == 0) {
        ok = emu_starts_with(value, "i-") && fault->id == NULL;
        fault->id = ok ? emu_copy(value) : fault->id;
    } else if (strcmp(name, "dry_run") == 0) {
        fault->dry_run = read_yes_no(value);
        ok = fault->dry_run >= 0;
    } else if (strcmp(name, "effect") == 0) {
        ok = read_yes_no(value) >= 0 && !kinds[fault->kind].always_effect;
        fault->effect = read_yes_no(value) == 1;
    } else if (strcmp(name, "nth") == 0) {
        ok = emu_number_read(value, 1, 1000000, &fault->nth);
    } else if (strcmp(name, "first") == 0) {
        ok = emu_number_read(value, 1, 1000000, &fault->first);
    } else if (strcmp(name, "p") == 0) {
        ok = read_probability(value, &fault->probability);
    } else {
        return fail(ret_error, fault->spec,
                    "unknown selector \"%.40s\", expected cloud, action, id, dry_run, effect, nth, "
                    "first or p",
                    name);
    }
    return ok || fail(ret_error, fault->spec, "\"%.60s\" is no value for %s here", value, name);
}

static bool read_spec(struct emu_fault *fault, char *text, char **ret_error)
{
    char *rest = text;
    char *head = strsep(&rest, ",");
    char *value = strchr(head, ':');
    if (value != NULL) {
        *value++ = '\0';
    }
    if (!read_kind(fault, head, ret_error) || !read_value(fault, value, ret_error)) {
        return false;
    }
    while (rest != NULL) {
        char *name = strsep(&rest, ",");
        char *is = strchr(name, '=');
        if (is == NULL) {
            return fail(ret_error, fault->spec, "\"%.60s\" is not of the form SELECTOR=VALUE",
                        name);
        }
        *is = '\0';
        if (!read_selector(fault, name, is + 1, ret_error)) {
            return false;
        }
    }
    return true;
}

static void fault_done(struct emu_fault *fault)
{
    free(fault->spec);
    free(fault->text);
    free(fault->action);
    free(fault->id);
    *fault = (struct emu_fault){0};
}

bool emu_faults_add(struct emu_faults *faults, const char *spec, char **ret_error)
{
    if (faults->count == EMU_MAX_FAULTS) {
        return fail(ret_error, spec, "there are %d faults already", EMU_MAX_FAULTS);
    }
    if (!is_printable(spec)) {
        return fail(ret_error, spec, "only printable ASCII without spaces is expected");
    }
    struct emu_fault *fault = &faults->items[faults->count];
    *fault =
        (struct emu_fault){.spec = emu_copy(spec), .cloud = -1, .dry_run = -1, .probability = 1.0};
    char *text = emu_copy(spec);
    bool ok = read_spec(fault, text, ret_error);
    free(text);
    if (!ok) {
        fault_done(fault);
        return false;
    }
    faults->count++;
    return true;
}

void emu_faults_clear(struct emu_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        fault_done(&faults->items[i]);
    }
    faults->count = 0;
}

json_t *emu_faults_json(const struct emu_faults *faults)
{
    json_t *list = json_array();
    for (size_t i = 0; i < faults->count; i++) {
        const struct emu_fault *fault = &faults->items[i];
        json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "spec", fault->spec, "matched",
                                              (json_int_t)fault->matched, "fired",
                                              (json_int_t)fault->fired));
    }
    return list;
}

/* SplitMix64: the same --seed gives the same faults. */
static double next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static bool call_names(const struct emu_call *call, const char *id)
{
    for (size_t i = 0; i < call->id_count; i++) {
        if (strcmp(call->ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

static bool fault_fires(struct emu_fault *fault, enum emu_cloud cloud, const struct emu_call *call,
                        uint64_t *random)
{
    bool matches = (fault->cloud < 0 || fault->cloud == (int)cloud) &&
                   (fault->action == NULL || strcmp(fault->action, call->name) == 0) &&
                   (fault->dry_run < 0 || (fault->dry_run == 1) == call->dry_run) &&
                   (fault->id == NULL || call_names(call, fault->id));
    if (!matches) {
        return false;
    }
    long number = (long)++fault->matched;
    if ((fault->nth > 0 && number != fault->nth) || (fault->first > 0 && number > fault->first)) {
        return false;
    }
    if (fault->probability < 1.0 && next_random(random) >= fault->probability) {
        return false;
    }
    fault->fired++;
    return true;
}

void emu_faults_pick(struct emu_faults *faults, enum emu_cloud cloud, const struct emu_call *call,
                     struct emu_mishap *ret_mishap)
{
    *ret_mishap = (struct emu_mishap){0};
    for (size_t i = 0; i < faults->count; i++) {
        struct emu_fault *fault = &faults->items[i];
        bool spoils = fault->kind < EMU_FAULT_DELAY;
        if ((spoils && ret_mishap->fault != NULL) ||
            !fault_fires(fault, cloud, call, &faults->random)) {
            continue;
        }
        emu_text_addf(&ret_mishap->specs, "%s%s", ret_mishap->specs.len == 0 ? "" : " ",
                      fault->spec);
        if (spoils) {
            ret_mishap->fault = fault;
        }
        ret_mishap->delay_ms += fault->kind == EMU_FAULT_DELAY ? fault->number : 0;
        ret_mishap->hold_back_ms += fault->kind == EMU_FAULT_STALE_MS ? fault->number : 0;
        ret_mishap->hold_back_reads += fault->kind == EMU_FAULT_STALE_READS ? fault->number : 0;
        ret_mishap->start_anyway |= fault->kind == EMU_FAULT_START_ANYWAY;
        ret_mishap->number_codes |= fault->kind == EMU_FAULT_NUMBER_CODES;
    }
}

static void page(struct emu_reply *reply, int status, const char *type, const char *body)
{
    emu_reply_clear(reply);
    reply->status = status;
    emu_reply_type(reply, type);
    emu_text_add(&reply->body, body);
}

static void html_page(struct emu_reply *reply, int status)
{
    page(reply, status, "text/html",
         "<html>\r\n<head><title>Gateway</title></head>\r\n<body>\r\n<center><h1>This is not the "
         "API that you are looking for</h1></center>\r\n</body>\r\n</html>\r\n");
}

static void throttle(const struct emu_fault *fault, const struct emu_request *request,
                     const struct emu_call *call, struct emu_reply *reply)
{
    const struct emu_api *api = emu_api_of(request->cloud);
    api->refuse(request, call, &api->throttled, reply);
    if (fault->number < 0) {
        return;
    }
    char number[32];
    bool ms = request->cloud == EMU_ALIBABA;
    long long wait = ms ? fault->number : (fault->number + 999) / 1000;
    snprintf(number, sizeof(number), "%lld", wait);
    emu_pairs_add(&reply->headers, ms ? "x-acs-retry-after" : "Retry-After", number);
}

/* The codes that the vendors document for a status; a gateway's page where there is none. */
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
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *code = rows[i].codes[request->cloud];
        if (rows[i].status == status && code != NULL) {
            struct emu_refusal refusal = {status, code, "The service has a problem."};
            emu_api_of(request->cloud)->refuse(request, call, &refusal, reply);
            return;
        }
    }
    html_page(reply, status);
}

static void redirect(const struct emu_fault *fault, struct emu_reply *reply)
{
    page(reply, 302, "text/plain", "");
    emu_pairs_add(&reply->headers, "Location",
                  fault->text != NULL ? fault->text : "http://127.0.0.1:1/elsewhere");
}

static void error(const struct emu_fault *fault, const struct emu_request *request,
                  const struct emu_call *call, struct emu_reply *reply)
{
    struct emu_refusal refusal = {(int)fault->number, fault->text, "This error is a test's."};
    emu_api_of(request->cloud)->refuse(request, call, &refusal, reply);
}

void emu_fault_spoil(const struct emu_fault *fault, const struct emu_request *request,
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
        page(reply, status, "application/json", "{\"ResponseMetadata\": \x01\x02 [[[ not JSON");
        return;
    case EMU_FAULT_XML:
        page(reply, status, "text/xml;charset=utf-8",
             "<?xml version=\"1.0\"?><Error><Code>InvalidParameter</Code></Error>");
        return;
    case EMU_FAULT_EMPTY:
        page(reply, status, "application/json", "");
        return;
    case EMU_FAULT_HUGE:
        page(reply, 200, "application/json", "");
        reply->wire = EMU_WIRE_HUGE;
        reply->huge_bytes = fault->number * 1024 * 1024;
        return;
    case EMU_FAULT_REDIRECT:
        redirect(fault, reply);
        return;
    case EMU_FAULT_TRUNCATE:
        reply->wire = EMU_WIRE_TRUNCATE;
        return;
    case EMU_FAULT_CONTENT_TYPE:
        emu_reply_type(reply, fault->text);
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
        return;
    }
}
