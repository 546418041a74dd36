/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON writer: appends one value after the other to a buffer, with commas and indentation as
 * they are due. Text passes the one filter (core/plain.h) and is escaped. Passing the buffer's
 * maximum is remembered by the buffer (ens_buf_failed). Reading JSON is jansson's work.
 */
#ifndef ENSURE_CORE_JSON_H
#define ENSURE_CORE_JSON_H

#include "base/buf.h"

struct ens_json {
    struct ens_buf *out;
    unsigned indent; /* blanks per level; 0: everything on one line */
    unsigned depth;
    bool first; /* nothing was written at this level yet */
    bool named; /* a name was written, its value is next */
    bool ascii; /* may be set at any time: characters above U+007E are escaped */
};

struct ens_json ens_json_new(struct ens_buf *out, unsigned indent);

/* bracket is '{' or '[', and the end's '}' or ']'. */
void ens_json_begin(struct ens_json *json, char bracket);
void ens_json_end(struct ens_json *json, char bracket);

/* The name of the next value of an object: a literal that needs no escapes. */
void ens_json_name(struct ens_json *json, const char *name);

void ens_json_text(struct ens_json *json, ens_str text);
void ens_json_int(struct ens_json *json, int64_t value);
void ens_json_bool(struct ens_json *json, bool value);

/* A value that is JSON text already, such as "null" or a document written elsewhere. */
void ens_json_raw(struct ens_json *json, ens_str value);

#endif
