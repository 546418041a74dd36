/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_API_H
#define EMU_API_H

/* The interface of the services: parse a request into a call, then answer it. Each service of a
 * cloud is one struct emu_api, see apis.h. */

#include "filter.h"
#include "grant.h"
#include "message.h"
#include "sign.h"
#include "world.h"

/* A parsed request; its texts are allocated in the request's arena. */
struct emu_call {
    struct ens_arena *arena; /* the request's */
    const char *action;      /* the cloud's constant, NULL for an unknown action */
    char name[48];           /* the action's name as requested, known or not */
    bool starts;             /* a start action, dry run or not */
    bool dry_run;
    bool each_alone; /* SuccessFirst */
    bool has_ids;    /* false: a listing without a filter */
    ens_str *ids;    /* without duplicates */
    size_t id_count;
    bool repeated_id; /* the request had a duplicate id */
    ens_str token;    /* ClientToken; ptr NULL for none */
    ens_str region;   /* ptr NULL for any */
    int64_t page_size;
    struct emu_filters filters; /* of a read */
    size_t page_start;          /* number of visible instances before the page */
    struct emu_refusal problem; /* the error of invalid parameters; code NULL if they are valid */
};

/* The input of emu_api.answer; valid for one call. */
struct emu_context {
    struct emu_world *world;
    json_t *tokens; /* remembered ClientTokens: {ACCOUNT/TOKEN: state of the API} */
    const struct emu_request *request;
    const struct emu_call *call;
    const struct emu_key *caller; /* NULL where requests are not signed */
    ens_str account;              /* the caller's label */
    struct emu_issuer *issuer;
    const struct emu_grant_fault *grant_fault;
    int64_t boot_ms;
    int64_t hold_back_ms;    /* stale reads after a start: for this time, */
    int64_t hold_back_reads; /* or for this number of reads */
    bool number_codes;       /* Alibaba: per-instance codes as numbers */
    bool permitted;          /* false only for the reads that hide a missing permission */
};

struct emu_api {
    emu_verify_fn verify; /* NULL: requests are not signed */
    /* Fills a call in which only the arena is set; never fails, errors are recorded in the call. */
    void (*read)(const struct emu_request *request, const struct emu_verdict *verdict,
                 struct emu_call *ret_call);
    /* Carries out a valid call and writes its reply. */
    void (*answer)(const struct emu_context *context, struct emu_reply *reply);
    /* Writes the vendor's error reply. */
    void (*refuse)(const struct emu_request *request, const struct emu_call *call,
                   const struct emu_refusal *refusal, struct emu_reply *reply);
    const char *request_id_header; /* NULL for none */
    struct emu_refusal throttled;
    struct emu_refusal denied; /* code NULL: the refusal "permission" of the cloud */
    /* Whether the action answers a caller without permission with an empty list; NULL if none
     * does. */
    bool (*hides_denial)(const struct emu_call *call);
};

enum { EMU_MAX_CALL_IDS = 1000 }; /* ten times the limit of any cloud; further ids are not parsed */
/* Adds an id; a duplicate only sets repeated_id. */
void emu_call_add_id(struct emu_call *call, ens_str id);
/* Adds a JSON list of ids; a member that is not a string is an error. */
void emu_call_add_json(struct emu_call *call, const json_t *list, int status, const char *code);
/* Adds the values of PREFIX.1, PREFIX.2, ... in wire order. */
void emu_call_add_list(struct emu_call *call, const struct emu_fields *params, const char *prefix);
void emu_call_problem(struct emu_call *call, int status, const char *code, const char *message);
/* Reads an integer parameter of [min, max]; absent leaves *number. Else records the error `code`.
 */
void emu_call_number(struct emu_call *call, const struct emu_fields *params, const char *name,
                     int64_t min, int64_t max, const char *code, int64_t *number);
/* Reads an integer parameter and clamps it to [min, max]; absent leaves *number. */
void emu_call_clamped(struct emu_call *call, const struct emu_fields *params, const char *name,
                      int64_t min, int64_t max, const char *code, int64_t *number);
/* Reads the filters of a read; a parameter without a rule is an error, so that none is ignored. */
void emu_call_filters(struct emu_call *call, enum emu_cloud cloud, const struct emu_fields *params,
                      const struct emu_filter_rule *rules, const char *code);
/* "true" or "false"; absent leaves *flag. */
void emu_call_bool(struct emu_call *call, const struct emu_fields *params, const char *name,
                   const char *code, bool *flag);
/* [{key_name: KEY, value_name: VALUE}] of an instance's tags. */
json_t *emu_tag_list(const struct emu_instance *instance, const char *key_name,
                     const char *value_name);
/* PageSize and PageNumber. */
void emu_call_page(struct emu_call *call, const struct emu_fields *params, int64_t max,
                   const char *code);
/* Write and read the token of the next page. An empty token is the first page. */
void emu_page_token_write(char ret_text[32], size_t start);
void emu_call_page_token(struct emu_call *call, ens_str token, const char *code,
                         const char *message);

/* One page of the visible instances. With ids it is in reverse order of the request, so that tests
 * fail if a client relies on the order. */
struct emu_page {
    struct emu_instance **items;
    size_t count;
    size_t total; /* visible in all pages */
    bool more;
};
void emu_page_collect(const struct emu_context *context, struct emu_page *ret_page);

/* The instance of the id, NULL if it is not visible to the caller. */
struct emu_instance *emu_context_find(const struct emu_context *context, ens_str id);
/* Whether a start of `id` is refused; a missing one is refused as `vanished`. On false ret_instance
 * is set. Honours the call's dry run. */
bool emu_context_refuses(const struct emu_context *context, ens_str id,
                         struct emu_instance **ret_instance, struct emu_refusal *ret_refusal);
void emu_context_start(const struct emu_context *context, struct emu_instance *instance);

#endif
