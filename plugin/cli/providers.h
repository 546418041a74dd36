/* What ensure providers prints. */
#ifndef ENSURE_CLI_PROVIDERS_H
#define ENSURE_CLI_PROVIDERS_H

#include "base/buf.h"

struct Ensure__V1__GetCapabilitiesResponse; /* generated */

void ens_providers_table(struct ens_buf *out,
                         const struct Ensure__V1__GetCapabilitiesResponse *capabilities);
void ens_providers_json(struct ens_buf *out,
                        const struct Ensure__V1__GetCapabilitiesResponse *capabilities);

#endif
