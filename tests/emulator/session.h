/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_SESSION_H
#define EMU_SESSION_H

/* Temporary keys that STS and metadata services hand out. None is stored: its access key says which
 * role it is of, when it was issued and when it expires, and its secret and token follow from the
 * access key. So any thread can find one without a lock. */

#include "message.h"
#include "world.h"

/* Makes the key of a role; its texts are in the arena. Times are the emulated server's. Two keys
 * with the same times have different serials. */
struct emu_key emu_session_issue(struct ens_arena *arena, const struct emu_world *world,
                                 const struct emu_role *role, int64_t issued_ms, int64_t expires_ms,
                                 uint64_t serial);

/* A key of the world, or one that was handed out, whose state then depends on the time of the
 * request. NULL if unknown. */
const struct emu_key *emu_find_key(const struct emu_request *request, const struct emu_world *world,
                                   enum emu_cloud cloud, ens_str access_key);

#endif
