/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_CLOUD_H
#define EMU_CLOUD_H

/* Names of the three clouds, of their states, of their services and the actions of these. */

#include "base/str.h"

enum emu_cloud { EMU_VOLCENGINE, EMU_ALIBABA, EMU_BAIDU, EMU_CLOUDS };

/* What the emulator listens for, beside the control listener. */
enum emu_service {
    EMU_API,         /* instances, for each cloud */
    EMU_STS,         /* temporary keys, for each cloud */
    EMU_METADATA,    /* an instance's metadata, for each cloud */
    EMU_KEYS_URI,    /* Alibaba Cloud's credentials URI */
    EMU_GITHUB_OIDC, /* GitHub's request URL of identity tokens; of no cloud */
    EMU_SERVICES
};

/* The states that the emulator's own transitions use. */
enum emu_state { EMU_STOPPED, EMU_STARTING, EMU_RUNNING, EMU_FAILED };

const char *emu_cloud_name(enum emu_cloud cloud);
/* false when there is no such cloud. */
bool emu_cloud_find(ens_str name, enum emu_cloud *ret_cloud);

/* The cloud's word for a state, NULL when it has none (a failed state on Alibaba). */
const char *emu_cloud_word(enum emu_cloud cloud, enum emu_state state);
/* The cloud's constant equal to a status word, NULL if the cloud has no such status. */
const char *emu_cloud_status(enum emu_cloud cloud, ens_str word);
/* All words, "A, B, C", for messages; static. */
const char *emu_cloud_statuses(enum emu_cloud cloud);

/* "api", "sts", "metadata", "credentials_uri", "github". */
const char *emu_service_name(enum emu_service service);
bool emu_service_find(ens_str name, enum emu_service *ret_service);
/* The constant equal to an action name, NULL if the table in cloud.c has none. */
const char *emu_service_action(enum emu_service service, enum emu_cloud cloud, ens_str name);
/* The constant of that name among the actions that an access key can be denied: of API and STS. */
const char *emu_cloud_deniable(enum emu_cloud cloud, ens_str name);
/* All of these, "A, B, C", for messages; static. */
const char *emu_cloud_deniables(enum emu_cloud cloud);

#endif
