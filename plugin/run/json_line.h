/*
 * One JSON object on one line, for logs: members are added one by one, text is made valid UTF-8,
 * and a member that would pass the buffer's maximum is left out whole, so that the line stays JSON.
 */
#ifndef ENSURE_RUN_JSON_LINE_H
#define ENSURE_RUN_JSON_LINE_H

#include "base/buf.h"

#define ENS_JSON_TEXT_MAX ((size_t)8 * 1024) /* bytes of one value; the rest is cut off */

/* The text in quotes, escaped, at most ENS_JSON_TEXT_MAX bytes of it. */
void ens_json_quote(struct ens_buf *out, ens_str text);

/* out must hold at least a few bytes more than what was added when ens_json_end is called: members
 * leave that room. */
void ens_json_begin(struct ens_buf *out);
void ens_json_text(struct ens_buf *out, ens_str name, ens_str value);
void ens_json_number(struct ens_buf *out, ens_str name, int64_t value);
void ens_json_bool(struct ens_buf *out, ens_str name, bool value);
/* value is JSON already. */
void ens_json_raw(struct ens_buf *out, ens_str name, ens_str value);
void ens_json_end(struct ens_buf *out); /* closes the object and the line */

#endif
