/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a search share. Used inside credentials/ only. */
#ifndef ENSURE_CREDENTIALS_SEARCH_PRIVATE_H
#define ENSURE_CREDENTIALS_SEARCH_PRIVATE_H

#include "base/arena.h"
#include "credentials/search.h"
#include "credentials/tables.h"

/* The outcome of asking a source. */
enum ens_search_turn {
    ENS_TURN_NEXT, /* it has no keys */
    ENS_TURN_KEYS,
    ENS_TURN_SEND,
    ENS_TURN_RUN,
    ENS_TURN_FAILED, /* there is a diagnostic */
};

struct ens_search {
    struct ens_search_options options;
    struct ens_arena *arena;
    struct ens_diags diags;
    struct ens_tables tables;
    const struct ens_source *const *sources;
    uint32_t chosen; /* kind of the only source to ask; 0: all */
    size_t at;       /* in sources */
    size_t file;     /* of the profile files, the next one */
    bool file_was_read;

    /* The steps of the current source. */
    const struct ens_source *source; /* NULL: it has none */
    struct ens_profile_look look;    /* of the profile file that they are about */
    ens_str values[ENS_USES_MAX];
    const char *names[ENS_USES_MAX];
    struct ens_credentials_step step;
    const void *state;
    unsigned asked;
    int64_t begun_ms;

    struct ens_found_keys keys;
    int64_t expires_unix_s;
    uint32_t kind; /* of the source that had them */
    ens_str origin;
    ens_str failed; /* the source that was to be used; empty: the place of the error is it */

    ens_str *looked_at;
    size_t looked_at_count;
    bool no_metadata;
};

/* ---- search_notes.c: errors, and what was looked at ---- */

/* Adds an error. */
enum ens_search_turn ens_search_fail(struct ens_search *search, ens_str where, ens_str what);

/* Whether the source is the only one that may be asked. */
bool ens_search_is_chosen(const struct ens_search *search, const struct ens_source *source);

/* Notes that a source has no keys: "OIDC (FAKE_ROLE is not set)". An error for the chosen one. */
enum ens_search_turn ens_search_pass_over(struct ens_search *search,
                                          const struct ens_source *source, ens_str what,
                                          ens_str why);

/* The error where no source has keys. */
enum ens_search_state ens_search_fail_none(struct ens_search *search);

/* ---- search_steps.c: the steps of one source ---- */

/* The first step, and those that follow without waiting. state: of a profile; else NULL. */
enum ens_search_turn ens_search_begin_steps(struct ens_search *search,
                                            const struct ens_source *source, const void *state,
                                            const struct ens_search_event *event);
enum ens_search_turn ens_search_take_steps(struct ens_search *search,
                                           const struct ens_search_event *event);

#endif
