/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_SIGN_H
#define EMU_SIGN_H

/* Verification of signatures, one file per scheme: sign_volcengine.c, sign_alibaba.c,
 * sign_alibaba_v1.c (their common part is in sign_alibaba_key.c), sign_baidu.c. Each is written
 * from the vendor's description of its scheme and shares no code with the providers. All functions
 * are pure; their results are allocated in the request's arena. */

#include "crypto.h"
#include "session.h"

enum { EMU_CLOCK_WINDOW_S = 15 * 60 };

/* The result of a verification. */
struct emu_verdict {
    const struct emu_key *key; /* NULL if unknown */
    int status;                /* HTTP status of the refusal */
    const char *code;          /* the vendor's code; NULL: the signature is valid */
    const char *message;       /* static, like code */
    ens_str region;            /* of Volcengine's credential scope; else empty */
    ens_str nonce;             /* of Alibaba, which may be used once; else empty */
    ens_str canonical;         /* the expected canonical request if it did not match, else empty */
};

typedef void (*emu_verify_fn)(const struct emu_request *request, const struct emu_world *world,
                              struct emu_verdict *ret_verdict);

void emu_volcengine_verify(const struct emu_request *request, const struct emu_world *world,
                           struct emu_verdict *ret_verdict);
void emu_alibaba_verify(const struct emu_request *request, const struct emu_world *world,
                        struct emu_verdict *ret_verdict);
/* SignatureVersion 1.0: the signature is a parameter. */
void emu_alibaba_v1_verify(const struct emu_request *request, const struct emu_world *world,
                           struct emu_verdict *ret_verdict);
void emu_baidu_verify(const struct emu_request *request, const struct emu_world *world,
                      struct emu_verdict *ret_verdict);

/* The stages of signing, which tests compare with golden vectors. */
ens_str emu_volcengine_canonical(const struct emu_request *request, ens_str signed_headers);
/* scope is DAY/REGION/SERVICE/request. */
ens_str emu_volcengine_string_to_sign(struct ens_arena *arena, ens_str canonical, ens_str date,
                                      ens_str scope);
void emu_volcengine_signature(char ret_hex[EMU_HEX_SIZE], ens_str secret_key, ens_str scope,
                              ens_str string_to_sign);
ens_str emu_alibaba_canonical(const struct emu_request *request, ens_str signed_headers);
ens_str emu_alibaba_string_to_sign(struct ens_arena *arena, ens_str canonical);
void emu_alibaba_signature(char ret_hex[EMU_HEX_SIZE], ens_str secret_key, ens_str string_to_sign);
/* Of the parameters without `Signature`. */
ens_str emu_alibaba_v1_string_to_sign(const struct emu_request *request,
                                      const struct emu_fields *params);
void emu_alibaba_v1_signature(char ret_text[EMU_SHA1_BASE64_SIZE], struct ens_arena *arena,
                              ens_str secret_key, ens_str string_to_sign);
/* Empty signed_headers select the default set. */
ens_str emu_baidu_canonical(const struct emu_request *request, ens_str signed_headers);
void emu_baidu_signature(char ret_hex[EMU_HEX_SIZE], ens_str secret_key, ens_str prefix,
                         ens_str canonical);

/* Common to the two schemes of Alibaba Cloud. */

/* The parameters of the query, then those of a form in the body; false on an invalid escape. */
bool emu_alibaba_params(const struct emu_request *request, struct emu_fields *params);
/* Whether the signature is in the parameters. */
bool emu_alibaba_is_v1(const struct emu_request *request);
bool emu_alibaba_check_date(const struct emu_request *request, ens_str date,
                            struct emu_verdict *verdict);
/* Finds the key and checks that it may be used, with that token. */
bool emu_alibaba_check_key(const struct emu_request *request, const struct emu_world *world,
                           ens_str access_key, ens_str token, struct emu_verdict *verdict);

/* Helpers that more than one scheme needs. */

/* A buffer large enough for any canonical form: a body and a query with every byte encoded. */
struct ens_buf emu_canonical_buf(void);
/* Percent-encodes all but A-Z a-z 0-9 - _ . ~ (RFC 3986); with keep_slash '/' is not encoded. */
void emu_add_encoded(struct ens_buf *buf, ens_str text, bool keep_slash);
/* Adds the path of the request, decoded and encoded again. */
void emu_add_canonical_path(struct ens_buf *buf, const struct emu_request *request);
/* Adds encode(name)=encode(value) of every parameter, in order of name and value, joined with '&'.
 */
void emu_add_canonical_query(struct ens_buf *buf, const struct emu_fields *params);
/* Adds "name:value\n" of every listed header, in the order of the list. */
void emu_add_canonical_headers(struct ens_buf *buf, const struct emu_request *request,
                               ens_str list);
/* Whether the name is in a list such as "a;b;c". */
bool emu_list_has(ens_str list, ens_str name);
/* The text between `start` and the next character of `ends` (or the end of the text); its ptr is
 * NULL when `start` is absent. */
ens_str emu_between(ens_str text, const char *start, const char *ends);
/* Sets the refusal and returns false; inline, so that static analyzers know the result. */
static inline bool emu_verdict_refuse(struct emu_verdict *verdict, int status, const char *code,
                                      const char *message)
{
    verdict->status = status;
    verdict->code = code;
    verdict->message = message;
    return false;
}

#endif
