/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A streaming JSON writer: appends values to a buffer, with commas and indentation. Text is
 * sanitized (core/plain.h) and escaped. Exceeding the buffer's maximum is reported by
 * ens_buf_failed. JSON is parsed by jansson instead.
 */
#ifndef ENSURE_CORE_JSON_H
#define ENSURE_CORE_JSON_H

#include "base/buf.h"

struct ens_json {
    struct ens_buf *out;
    unsigned indent; /* blanks per level; 0: everything on one line */
    unsigned depth;
    bool first; /* no value was written at this level yet */
    bool named; /* a name was written, its value follows */
    bool ascii; /* may be set at any time: characters above U+007E are escaped */
};

struct ens_json ens_json_new(struct ens_buf *out, unsigned indent);

/* bracket is '{' or '[' in begin, '}' or ']' in end. */
void ens_json_begin(struct ens_json *json, char bracket);
void ens_json_end(struct ens_json *json, char bracket);

/* The name of the next member of an object: a literal that needs no escapes. */
void ens_json_name(struct ens_json *json, const char *name);

/* The same for any text, which is sanitized and escaped as values are. */
void ens_json_key(struct ens_json *json, ens_str name);

void ens_json_text(struct ens_json *json, ens_str text);

/* One text made of count parts, at least one, with the character between them. */
void ens_json_joined(struct ens_json *json, const ens_str *parts, size_t count, char between);
void ens_json_int(struct ens_json *json, int64_t value);
void ens_json_bool(struct ens_json *json, bool value);

/* A value that already is JSON text. */
void ens_json_raw(struct ens_json *json, ens_str value);

#endif
