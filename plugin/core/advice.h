/* SPDX-License-Identifier: Apache-2.0 */
/* What the user can do about an outcome: one sentence. */
#ifndef ENSURE_CORE_ADVICE_H
#define ENSURE_CORE_ADVICE_H

#include "core/outcome.h"

/* The most specific advice: of the provider for the code, of the hint, of the provider for the
 * reason, or the default. outcome: that the reason is from; NULL: there is none. */
ens_str ens_advice_for(const struct ens_provider *provider, enum ens_reason reason,
                       const struct ens_outcome *outcome, enum ens_hint hint);

#endif
