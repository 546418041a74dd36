/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/receiver.h"

#include "base/buf.h"
#include "core/span.h"
#include "http/endpoint.h"

#define OPENING_MAX ((size_t)256 * 1024)
#define TARGET_MAX  ((size_t)2048) /* bytes of path and query */
#define SERVICE     "service.name"

/* The variables of OTLP: the one for traces counts before the one for all signals. */
struct names {
    const char *traces;
    const char *all;
};

static const struct names endpoint_names = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                                            "OTEL_EXPORTER_OTLP_ENDPOINT"};
static const struct names protocol_names = {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
                                            "OTEL_EXPORTER_OTLP_PROTOCOL"};
static const struct names header_names = {"OTEL_EXPORTER_OTLP_TRACES_HEADERS",
                                          "OTEL_EXPORTER_OTLP_HEADERS"};

/* A setting and the variable that it comes from. */
struct setting {
    const char *variable;
    ens_str value; /* empty: it is not set */
};

static ens_str value_of(const struct ens_environment *environment, const char *name)
{
    return ens_str_trim(ens_str_of(environment->get(environment->ud, name)));
}

static struct setting find(const struct ens_environment *environment, const struct names *names)
{
    const ens_str own = value_of(environment, names->traces);

    return own.len > 0 ? (struct setting){names->traces, own}
                       : (struct setting){names->all, value_of(environment, names->all)};
}

static bool is_off(const struct ens_environment *environment)
{
    return ens_str_eq_nocase(value_of(environment, "OTEL_SDK_DISABLED"), ENS_STR("true")) ||
           ens_str_is(value_of(environment, "OTEL_TRACES_EXPORTER"), "none");
}

/* ---- lists: NAME=VALUE,NAME=VALUE with percent-encoded values (W3C Baggage) ------------------ */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
        return (c | 0x20) - 'a' + 10;
    }
    return -1;
}

/* False: a percent sign is not followed by two digits. */
static bool decode(struct ens_arena *arena, ens_str text, ens_str *ret)
{
    char *bytes = ens_arena_alloc(arena, text.len + 1);
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '%') {
            bytes[count++] = text.ptr[i];
            continue;
        }
        const int high = text.len - i > 2 ? hex_digit(text.ptr[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(text.ptr[i + 2]) : -1;
        if (low < 0) {
            return false;
        }
        bytes[count++] = (char)(high << 4 | low);
        i += 2;
    }
    *ret = (ens_str){bytes, count};
    return true;
}

struct list {
    struct ens_pair items[ENS_RECEIVER_LIST_MAX];
    size_t count;
};

/* NULL, or a clause that says what is wrong; it holds no value. */
static const char *read_list(struct ens_arena *arena, ens_str text, struct list *ret)
{
    while (text.len > 0) {
        struct ens_pair pair;
        const ens_str entry = ens_str_trim(ens_str_cut(text, ',', &text));
        if (entry.len == 0) {
            continue;
        }
        pair.name = ens_str_trim(ens_str_cut(entry, '=', &pair.value));
        if (pair.value.ptr == NULL || pair.name.len == 0) {
            return "an entry is not NAME=VALUE";
        }
        if (!decode(arena, ens_str_trim(pair.value), &pair.value)) {
            return "a % in a value is not followed by two hexadecimal digits";
        }
        if (ret->count == ENS_RECEIVER_LIST_MAX) {
            return "it has more than 64 entries";
        }
        ret->items[ret->count++] = pair;
    }
    return NULL;
}

/* ---- headers -------------------------------------------------------------------------------- */

/* RFC 9110, 5.6.2. */
static bool is_token(ens_str name)
{
    return ens_str_all_in(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_.!#$%&'*+^`|~");
}

static bool is_field_value(ens_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        const unsigned char c = (unsigned char)value.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

/* Headers that the transport or the format of the body determines. */
static bool is_ours(ens_str name)
{
    static const ens_str names[] = {
        ENS_STR_INIT("host"),       ENS_STR_INIT("content-length"),    ENS_STR_INIT("content-type"),
        ENS_STR_INIT("connection"), ENS_STR_INIT("transfer-encoding"), ENS_STR_INIT("expect"),
    };

    for (size_t i = 0; i < ENS_COUNT(names); i++) {
        if (ens_str_eq_nocase(name, names[i])) {
            return true;
        }
    }
    return false;
}

static const char *check_headers(const struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!is_token(list->items[i].name) || is_ours(list->items[i].name)) {
            return "a name is none that a header may have here";
        }
        if (!is_field_value(list->items[i].value)) {
            return "a value holds a control character";
        }
    }
    return NULL;
}

static void set_headers(struct ens_arena *arena, struct list *list, struct ens_receiver *receiver)
{
    struct ens_pair *pairs = ens_arena_array(arena, list->count + 1, sizeof(*pairs));

    receiver->headers = ens_arena_array(arena, list->count + 1, sizeof(*receiver->headers));
    pairs[0] = (struct ens_pair){ENS_STR("content-type"), ENS_STR("application/json")};
    for (size_t i = 0; i < list->count; i++) {
        pairs[i + 1] = (struct ens_pair){ens_arena_dup(arena, list->items[i].name),
                                         ens_arena_dup(arena, list->items[i].value)};
    }
    receiver->header_count = list->count + 1;
    for (size_t i = 0; i < receiver->header_count; i++) {
        receiver->headers[i] = &pairs[i];
    }
}

static void read_headers(struct ens_arena *arena, const struct ens_environment *environment,
                         struct ens_receiver *receiver, struct ens_diags *warnings)
{
    const struct setting setting = find(environment, &header_names);
    struct list list = {0};
    const char *wrong = read_list(arena, setting.value, &list);

    if (wrong == NULL) {
        wrong = check_headers(&list);
    }
    if (wrong != NULL) {
        ens_diags_add(warnings, ENS_WARNING, setting.variable, NULL,
                      "%s; no header of it is sent with traces", wrong);
        list.count = 0;
    }
    set_headers(arena, &list, receiver);
}

/* ---- the service ---------------------------------------------------------------------------- */

static void read_resource(struct ens_arena *arena, const struct ens_environment *environment,
                          ens_str user_agent, struct ens_receiver *receiver,
                          struct ens_diags *warnings)
{
    ENS_AUTO_BUF opening = ens_buf_new(OPENING_MAX);
    struct ens_attribute attributes[ENS_RECEIVER_LIST_MAX + 2];
    struct list list = {0};
    size_t count = 2;
    ens_str version;
    ens_str name = ens_str_cut(user_agent, '/', &version);
    const char *wrong = read_list(arena, value_of(environment, "OTEL_RESOURCE_ATTRIBUTES"), &list);

    if (wrong != NULL) {
        ens_diags_add(warnings, ENS_WARNING, "OTEL_RESOURCE_ATTRIBUTES", NULL,
                      "%s; no attribute of it is sent with traces", wrong);
        list.count = 0;
    }
    for (size_t i = 0; i < list.count; i++) {
        if (ens_str_is(list.items[i].name, SERVICE)) {
            name = list.items[i].value;
        } else {
            attributes[count++] = (struct ens_attribute){ENS_ATTRIBUTE_TEXT, list.items[i].name,
                                                         list.items[i].value, 0};
        }
    }
    const ens_str chosen = value_of(environment, "OTEL_SERVICE_NAME");
    attributes[0] = (struct ens_attribute){ENS_ATTRIBUTE_TEXT, ENS_STR(SERVICE),
                                           chosen.len > 0 ? chosen : name, 0};
    attributes[1] =
        (struct ens_attribute){ENS_ATTRIBUTE_TEXT, ENS_STR("service.version"), version, 0};
    ens_spans_open(attributes, count, version, &opening);
    receiver->opening = ens_arena_dup(arena, ens_buf_str(&opening));
}

/* ---- the endpoint --------------------------------------------------------------------------- */

/* Splits scheme://authority from the path and query that follow it. */
static ens_str cut_base(ens_str url, ens_str *rest)
{
    size_t at = 0;

    for (; at + 2 < url.len && !(url.ptr[at] == ':' && url.ptr[at + 1] == '/'); at++) {
    }
    at = at + 3 < url.len ? at + 3 : url.len;
    while (at < url.len && url.ptr[at] != '/' && url.ptr[at] != '?' && url.ptr[at] != '#') {
        at++;
    }
    *rest = (ens_str){url.ptr + at, url.len - at};
    return (ens_str){url.ptr, at};
}

static bool is_target(ens_str target)
{
    if (target.len > TARGET_MAX) {
        return false;
    }
    for (size_t i = 0; i < target.len; i++) {
        if (target.ptr[i] <= ' ' || target.ptr[i] > '~' || target.ptr[i] == '#') {
            return false;
        }
    }
    return target.len == 0 || target.ptr[0] == '/';
}

/* False: the endpoint can't be used, which is said in warnings. */
static bool read_endpoint(struct ens_arena *arena, const struct ens_environment *environment,
                          const struct setting *setting, struct ens_receiver *receiver,
                          struct ens_diags *warnings)
{
    const bool allow_http = ens_str_is(value_of(environment, "ENSURE_ALLOW_HTTP"), "1");
    const bool own = setting->variable == endpoint_names.traces;
    ENS_AUTO_DIAGS diags = {0};
    struct ens_endpoint endpoint;
    ens_str path;
    const ens_str base = cut_base(setting->value, &path);
    const char *wrong = NULL;

    if (ens_endpoint_check(base, allow_http, NULL, &diags) != ENS_OK) {
        wrong = diags.items[0].summary;
    } else if (!is_target(path)) {
        wrong = "its path is not one of a URL";
    }
    if (wrong != NULL) {
        ens_diags_add(warnings, ENS_WARNING, setting->variable, NULL, "%s; no traces are sent",
                      wrong);
        return false;
    }
    (void)ens_endpoint_parse(base, &endpoint);
    while (!own && ens_str_ends(path, ENS_STR("/"))) {
        path.len--;
    }
    receiver->base = ens_endpoint_base(arena, &endpoint);
    receiver->host = ens_endpoint_host_header(arena, receiver->base);
    receiver->target = ens_arena_printf(arena, "%.*s%s", ENS_STR_ARG(path),
                                        !own            ? "/v1/traces"
                                        : path.len == 0 ? "/"
                                                        : "");
    receiver->variable = setting->variable;
    return true;
}

/* False: the receiver speaks something else than HTTP. */
static bool check_protocol(const struct ens_environment *environment, struct ens_diags *warnings)
{
    const struct setting protocol = find(environment, &protocol_names);

    if (protocol.value.len == 0 || ens_str_is(protocol.value, "http/json")) {
        return true;
    }
    const bool http = ens_str_is(protocol.value, "http/protobuf");
    ens_diags_add(warnings, ENS_WARNING, protocol.variable, NULL,
                  http ? "Ensure knows http/json only, and sends traces in this form"
                       : "Ensure knows http/json only; no traces are sent");
    return http;
}

void ens_receiver_read(struct ens_arena *arena, const struct ens_environment *environment,
                       ens_str user_agent, struct ens_receiver *ret, struct ens_diags *warnings)
{
    const struct setting endpoint = find(environment, &endpoint_names);

    *ret = (struct ens_receiver){0};
    if (endpoint.value.len > 0 && !is_off(environment) && check_protocol(environment, warnings) &&
        read_endpoint(arena, environment, &endpoint, ret, warnings)) {
        read_headers(arena, environment, ret, warnings);
        read_resource(arena, environment, user_agent, ret, warnings);
    }
}
