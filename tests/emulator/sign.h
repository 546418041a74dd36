#ifndef EMU_SIGN_H
#define EMU_SIGN_H

/* Checking signatures, one file per cloud: sign_volcengine.c, sign_alibaba.c, sign_baidu.c. Each
 * is written from the vendor's description of its scheme and shares no code with the providers.
 * All functions are pure. */

#include "message.h"
#include "world.h"

enum { EMU_CLOCK_WINDOW_S = 15 * 60 };

/* What a check found. */
struct emu_verdict {
    const struct emu_key *key; /* whose key it is, NULL when unknown */
    int status;                /* of the refusal: HTTP, */
    const char *code;          /* the vendor's code, NULL when the signature is right, */
    const char *message;       /* and text; both static */
    char region[33];           /* Volcengine signs it; "" elsewhere */
    char *canonical;           /* what we signed, when the signature did not match, or NULL */
};

typedef void (*emu_verify_fn)(const struct emu_request *request, const struct emu_world *world,
                              struct emu_verdict *ret_verdict);

void emu_volcengine_verify(const struct emu_request *request, const struct emu_world *world,
                           struct emu_verdict *ret_verdict);
void emu_alibaba_verify(const struct emu_request *request, const struct emu_world *world,
                        struct emu_verdict *ret_verdict);
void emu_baidu_verify(const struct emu_request *request, const struct emu_world *world,
                      struct emu_verdict *ret_verdict);
void emu_verdict_done(struct emu_verdict *verdict);

/* The stages, for their golden vectors. */
char *emu_volcengine_canonical(const struct emu_request *request, const char *signed_headers);
/* scope is DAY/REGION/SERVICE/request. */
char *emu_volcengine_string_to_sign(const char *canonical, const char *date, const char *scope);
void emu_volcengine_signature(char ret_hex[65], const char *secret_key, const char *scope,
                              const char *string_to_sign);
char *emu_alibaba_canonical(const struct emu_request *request, const char *signed_headers);
char *emu_alibaba_string_to_sign(const char *canonical);
void emu_alibaba_signature(char ret_hex[65], const char *secret_key, const char *string_to_sign);
/* signed_headers "" stands for the default set. */
char *emu_baidu_canonical(const struct emu_request *request, const char *signed_headers);
void emu_baidu_signature(char ret_hex[65], const char *secret_key, const char *prefix,
                         const char *canonical);

/* Helpers that more than one scheme needs. */

/* Whether NAME is in the list a;b;c. */
bool emu_list_has(const char *list, const char *name);
/* encode(name)=encode(value) of every parameter, in order of name and value, joined with '&'. */
void emu_add_canonical_query(struct emu_text *text, const struct emu_pairs *params);
/* "name:value\n" of every listed header, in the order of the list. */
void emu_add_canonical_headers(struct emu_text *text, const struct emu_request *request,
                               const char *list);
/* Sets the refusal and returns false; inline, so that analyzers see the false. */
static inline bool emu_verdict_refuse(struct emu_verdict *verdict, int status, const char *code,
                                      const char *message)
{
    verdict->status = status;
    verdict->code = code;
    verdict->message = message;
    return false;
}
/* The text between `start` and the next `end` (or the end of text); NULL when `start` is absent. */
char *emu_cut(const char *text, const char *start, const char *end);

#endif
