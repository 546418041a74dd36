/* SPDX-License-Identifier: Apache-2.0 */
/* What a user can do about a reason, one sentence. */
#ifndef ENSURE_CORE_ADVICE_H
#define ENSURE_CORE_ADVICE_H

#include "core/outcome.h"

/* The most specific advice: of the provider for the code of the outcome, of the hint, of the
 * provider for the reason, or the default. outcome may be NULL; one that has another reason does
 * not count. Static text, or the provider's. */
ens_str ens_advice_for(const struct ens_provider *provider, enum ens_reason reason,
                       const struct ens_outcome *outcome, enum ens_hint hint);

#endif
