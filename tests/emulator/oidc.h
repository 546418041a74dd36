/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_OIDC_H
#define EMU_OIDC_H

/* Identity tokens as GitHub issues them for a job: JSON Web Tokens, which this process signs and
 * checks itself. None is stored. */

#include "base/arena.h"
#include "base/str.h"

enum { EMU_GITHUB_LIVE_S = 300 };

/* A token for the audience, issued now; in the arena. */
ens_str emu_github_issue(struct ens_arena *arena, ens_str audience, int64_t now_s, uint64_t serial);

enum emu_github { EMU_GITHUB_VALID, EMU_GITHUB_INVALID, EMU_GITHUB_EXPIRED };
/* Whether it is a token of this process for the audience. */
enum emu_github emu_github_check(struct ens_arena *arena, ens_str token, ens_str audience,
                                 int64_t now_s);

#endif
