/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the machine behind kit/credentials.h share. Used inside kit/ only. */
#ifndef ENSURE_KIT_MACHINE_H
#define ENSURE_KIT_MACHINE_H

#include "kit/credentials.h"

/* What the last step asked for. */
enum kit_phase {
    KIT_PHASE_BEGIN,
    KIT_PHASE_TOKEN_FILE,
    KIT_PHASE_TOKEN_URL,
    KIT_PHASE_OIDC,
    KIT_PHASE_METADATA_TOKEN,
    KIT_PHASE_METADATA_ROLES,
    KIT_PHASE_METADATA_KEYS,
    KIT_PHASE_COMMAND,
    KIT_PHASE_URI,
    KIT_PHASE_LOGIN,
    KIT_PHASE_ROLE,
};

/* The state between steps. */
struct kit_progress {
    enum kit_phase phase;
    struct kit_recipe recipe;
    struct kit_keys keys;
    ens_str token;         /* of identity, or of the metadata service */
    ens_str metadata_role; /* that was found */
    bool is_metadata;      /* the service has shown that it is the cloud's */
    size_t assumed;        /* roles */
    ens_str origin;        /* for people */
};

struct kit_machine {
    const struct kit_cloud *cloud;
    const struct ens_memory *memory;
    const struct ens_credentials_input *input;
    struct ens_credentials_step *ret;
    struct kit_progress progress;
};

/* ---- ends ---- */

/* Without keys: an error where the user named the source. */
void kit_end_without(struct kit_machine *machine, ens_str detail);

/* The outcome of what was asked for is none. */
void kit_end_unanswered(struct kit_machine *machine);

/* A cloud refused, or its reply can't be read. */
void kit_end_refused(struct kit_machine *machine, const struct ens_answer *answer);

/* With keys: assumes the next role of the recipe, or is done. */
void kit_take_keys(struct kit_machine *machine);

/* Keys in a reply that is none of an API, so that its errors have no known form. */
void kit_read_document(struct kit_machine *machine, const struct kit_keys_shape *shape);

/* ---- requests ---- */

/* Puts words behind what is told of where the keys are from. */
void kit_add_origin(struct kit_machine *machine, ens_str words);

void kit_go_on(struct kit_machine *machine, enum kit_phase phase, enum ens_credentials_end end);

/* A request, to be completed by the caller. */
struct ens_credentials_request *kit_send(struct kit_machine *machine, enum kit_phase phase,
                                         ens_str endpoint, const struct ens_http_request *http);

/* Keeps a text of the request out of what is told of its reply. */
void kit_hide(struct kit_machine *machine, struct ens_credentials_request *request, ens_str secret);

ens_str kit_sts_endpoint(const struct kit_machine *machine);

/* With the default session name and life. */
struct kit_role kit_with_defaults(const struct kit_role *role);

/* ---- metadata_steps.c ---- */

void kit_begin_metadata(struct kit_machine *machine);
void kit_on_metadata_token(struct kit_machine *machine);
void kit_on_metadata_roles(struct kit_machine *machine);
void kit_on_metadata_keys(struct kit_machine *machine);

#endif
