#ifndef EMU_MESSAGE_H
#define EMU_MESSAGE_H

/* A request as it came in, and the reply as it will go out. Neither knows any cloud or socket. */

#include "cloud.h"
#include "pairs.h"
#include "text.h"

#include <jansson.h>
#include <stdint.h>

struct emu_request {
    enum emu_cloud cloud;
    char *method;
    char *path;               /* as on the wire, encoded */
    char *query;              /* as on the wire, without the '?'; "" when there is none */
    bool query_broken;        /* an escape in it can't be decoded; params is incomplete then */
    struct emu_pairs params;  /* the query decoded, in wire order */
    struct emu_pairs headers; /* lower-case names, trimmed values, in wire order */
    struct emu_text body;
    int64_t now_ms;  /* monotonic, for states */
    int64_t wall_ms; /* the emulated server's clock, for dates */
};

/* Splits "/path?query" into path, query and params. */
void emu_request_target(struct emu_request *request, const char *target);
/* Lower-cases the name and trims the value. */
void emu_request_header(struct emu_request *request, const char *name, const char *value);
/* "" when absent. */
const char *emu_request_header_get(const struct emu_request *request, const char *name);
void emu_request_done(struct emu_request *request);

/* How the reply leaves. */
enum emu_wire {
    EMU_WIRE_WHOLE,
    EMU_WIRE_CUT,      /* the connection is closed without a reply */
    EMU_WIRE_TRUNCATE, /* closed after half of the announced body */
    EMU_WIRE_TRICKLE,  /* one byte every trickle_ms */
    EMU_WIRE_HUGE,     /* a body of huge_bytes */
    EMU_WIRE_HANG,     /* nothing, until the emulator ends or is reset */
};

struct emu_reply {
    int status;
    struct emu_pairs headers;
    char content_type[64]; /* "" for none */
    struct emu_text body;
    enum emu_wire wire;
    int64_t delay_ms;
    int64_t trickle_ms;
    int64_t huge_bytes;
    char code[96];       /* the vendor's error code, "" on success; for the ledger */
    char request_id[48]; /* set before the reply is written */
};

/* A JSON string, with '?' for every byte outside ASCII when the text is not UTF-8. */
json_t *emu_json_text(const char *text);
/* Sets the body to the JSON text; steals `json`. */
void emu_reply_json(struct emu_reply *reply, int status, json_t *json);
void emu_reply_type(struct emu_reply *reply, const char *content_type);
void emu_reply_code(struct emu_reply *reply, const char *code);
/* Drops body and headers, keeps the request id. */
void emu_reply_clear(struct emu_reply *reply);
void emu_reply_done(struct emu_reply *reply);

#endif
