/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_CLOUD_H
#define EMU_CLOUD_H

/* Names of the three clouds, of their states and their actions. */

#include "base/str.h"

enum emu_cloud { EMU_VOLCENGINE, EMU_ALIBABA, EMU_BAIDU, EMU_CLOUDS };

/* The states that the emulator's own transitions use. */
enum emu_role { EMU_STOPPED, EMU_STARTING, EMU_RUNNING, EMU_FAILED };

const char *emu_cloud_name(enum emu_cloud cloud);
/* false when there is no such cloud. */
bool emu_cloud_find(ens_str name, enum emu_cloud *ret_cloud);

/* The cloud's word for a role, NULL when it has none (a failed state on Alibaba). */
const char *emu_cloud_word(enum emu_cloud cloud, enum emu_role role);
/* The cloud's constant equal to a status word, NULL if the cloud has no such status. */
const char *emu_cloud_status(enum emu_cloud cloud, ens_str word);
/* All words, "A, B, C", for messages; static. */
const char *emu_cloud_statuses(enum emu_cloud cloud);

/* The cloud's constant equal to an action name, NULL if the table in cloud.c has none. */
const char *emu_cloud_action(enum emu_cloud cloud, ens_str name);
const char *emu_cloud_actions(enum emu_cloud cloud);

#endif
