/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_MESSAGE_H
#define EMU_MESSAGE_H

/* An HTTP request and its reply, independent of clouds and sockets. Their texts are allocated in
 * the request's arena and NUL-terminated. */

#include "cloud.h"

#include "base/arena.h"
#include "base/buf.h"

#include <jansson.h>

enum { EMU_MAX_BODY = 1024 * 1024 };
/* Limit of a reply body, which may be a ledger of EMU_MAX_RECORDS requests. */
#define EMU_MAX_REPLY ((size_t)1 << 30)

/* Query parameters or headers, in wire order. */
struct emu_fields {
    struct ens_arena *arena; /* of the list */
    struct ens_pair *items;
    size_t count;
};

struct emu_request {
    struct ens_arena *arena; /* owned */
    enum emu_service service;
    enum emu_cloud cloud;
    ens_str method;
    ens_str path;              /* as on the wire, encoded */
    ens_str query;             /* as on the wire, without the '?'; may be empty */
    bool query_broken;         /* it has an invalid escape; then params is incomplete */
    struct emu_fields params;  /* the decoded query */
    struct emu_fields headers; /* lower-case names, trimmed values */
    struct ens_buf body;
    int64_t now_ms;     /* monotonic, for states */
    int64_t wall_ms;    /* the emulated server's clock, for dates */
    int64_t revoked_ms; /* temporary keys that were handed out before this time are refused */
};

/* `target` is "/path?query". Service, cloud, method, headers and body are added after it. */
void emu_request_init(struct emu_request *request, const char *target);
void emu_request_method(struct emu_request *request, const char *method);
/* Lower-cases the name and trims the value. */
void emu_request_header(struct emu_request *request, const char *name, const char *value);
void emu_request_done(struct emu_request *request);

/* Adds a field without copying the texts, which must live as long as the arena. */
void emu_fields_add(struct emu_fields *fields, ens_str name, ens_str value);
/* The first value of the name, which is case-sensitive; ptr NULL if there is none. */
ens_str emu_fields_find(const struct emu_fields *fields, ens_str name);
ens_str emu_fields_get(const struct emu_fields *fields, const char *name);
/* Sorts by name, then by value, in byte order. */
void emu_fields_sort(struct emu_fields *fields);
ens_str emu_header(const struct emu_request *request, const char *name);

/* Adds the decoded parameters of an urlencoded text; false on an invalid escape. */
bool emu_query_read(ens_str query, struct emu_fields *fields);
/* Decodes %XX, and '+' as a space if `plus`; false on an invalid escape or an encoded NUL. */
bool emu_percent_decode(struct ens_arena *arena, ens_str text, bool plus, ens_str *ret_text);

/* How the reply is sent. */
enum emu_wire {
    EMU_WIRE_WHOLE,
    EMU_WIRE_CUT,      /* the connection is closed without a reply */
    EMU_WIRE_TRUNCATE, /* closed after half of the announced body */
    EMU_WIRE_TRICKLE,  /* one byte every trickle_ms */
    EMU_WIRE_HUGE,     /* a body of huge_bytes */
    EMU_WIRE_HANG,     /* no reply until the emulator ends or is reset */
};

struct emu_reply {
    struct ens_arena *arena; /* the request's */
    int status;
    struct emu_fields headers;
    ens_str content_type; /* empty for none */
    struct ens_buf body;
    enum emu_wire wire;
    int64_t delay_ms;
    int64_t trickle_ms;
    int64_t huge_bytes;
    ens_str code;       /* the vendor's error code, empty on success; for the ledger */
    json_t *granted;    /* the keys or token that it hands out, for the ledger; owned, or NULL */
    ens_str request_id; /* set before the reply is written */
};

void emu_reply_init(struct emu_reply *reply, const struct emu_request *request);
void emu_reply_header(struct emu_reply *reply, const char *name, const char *value);
/* Sets the body to the JSON text; takes ownership of `json`. */
void emu_reply_json(struct emu_reply *reply, int status, json_t *json);
/* Replaces headers, code and body; keeps the request id. */
void emu_reply_page(struct emu_reply *reply, int status, const char *content_type,
                    const char *body);
void emu_reply_type(struct emu_reply *reply, const char *content_type);
void emu_reply_code(struct emu_reply *reply, const char *code);
void emu_reply_done(struct emu_reply *reply);

/* A JSON string, with '?' for every byte outside ASCII when the text is not UTF-8. */
json_t *emu_json_text(ens_str text);

#endif
